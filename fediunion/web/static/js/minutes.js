// How long ago things were, and how long it is until others, refreshed each minute; never each second.

const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const MINUTE = 60000;

function refresh() {
  const words = (value, unit) =>
    new Intl.NumberFormat(document.documentElement.lang, {
      style: "unit",
      unit,
      unitDisplay: "short",
      numberingSystem: "latn",
    }).format(value);
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const passed = (Date.now() - Date.parse(time.dateTime)) / 1000;
    if (!(passed >= 60) || passed > 7 * 86400) continue;
    const [unit, seconds] = UNITS.find(([, length]) => passed >= length);
    time.textContent = words(Math.floor(passed / seconds), unit);
  }
}

// <div data-until="instant"> has places [data-left="days"], hours and minutes.
function refreshUntil() {
  for (const clock of document.querySelectorAll("[data-until]")) {
    const minutes = Math.max(0, Math.floor((Date.parse(clock.dataset.until) - Date.now()) / MINUTE));
    const left = { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
    for (const place of clock.querySelectorAll("[data-left]")) {
      place.textContent = String(left[place.dataset.left]);
    }
  }
}

export function begin() {
  setInterval(refreshUntil, MINUTE);
  setInterval(refresh, MINUTE);
}

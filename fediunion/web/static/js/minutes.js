// How long ago things were, refreshed each minute; never each second.

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

export function begin() {
  setInterval(refresh, MINUTE);
}

// Keys of the keyboard on pages with posts; /keys lists them, and has the switch (WCAG 2.1.4).

const OFF = "keys-off";

function posts() {
  return [...document.querySelectorAll("[data-post]")];
}

function current() {
  return document.activeElement?.closest("[data-post]") ?? null;
}

function step(by) {
  const all = posts();
  if (!all.length) return;
  const now = all.indexOf(current());
  const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + by, 0), all.length - 1);
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function press(selector) {
  current()?.querySelector(selector)?.click();
}

const actions = {
  j: () => step(1),
  k: () => step(-1),
  Enter: () => document.activeElement?.matches("[data-post]") && press(".post-head a:has(time)"),
  r: () => press("a.act"),
  b: () => press('button[formaction$="/boost"]'),
  f: () => press('button[formaction$="/favourite"]'),
  n: () => document.querySelector("[data-draft] textarea, a[data-write]")?.focus(),
  ".": () => document.dispatchEvent(new Event("live:show")),
  "?": () => location.assign("/keys"),
};

function isWriting(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function beginSwitch(place) {
  const box = place.querySelector("input");
  box.checked = localStorage.getItem(OFF) === null;
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  place.hidden = false;
}

export function begin(root) {
  const place = root.querySelector("[data-keys-switch]");
  if (place) beginSwitch(place);
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return;
    if (localStorage.getItem(OFF) !== null) return;
    const action = actions[event.key];
    if (!action) return;
    if (event.key !== "Enter") event.preventDefault();
    action();
  });
}

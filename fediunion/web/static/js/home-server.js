// Which server somebody is at home on, kept in this browser only.

const KEY = "home-server";
const LONGEST = 600;

export function begin(root) {
  for (const form of root.querySelectorAll("form[data-home-server]")) {
    const field = form.elements.account;
    const note = form.querySelector("[data-home-note]");
    const kept = localStorage.getItem(KEY);
    if (kept && !field.value && kept.length <= LONGEST) field.value = kept;
    if (note) note.hidden = false;
    form.addEventListener("submit", () => {
      if (field.value) localStorage.setItem(KEY, field.value.slice(0, LONGEST));
      else localStorage.removeItem(KEY);
    });
  }
}

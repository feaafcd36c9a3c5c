// What is being written stays in this browser until it is sent. Signing out clears it (Clear-Site-Data).

const WAIT = 400;
const PREFIX = "draft:";

function fields(form) {
  return [...form.elements].filter((field) => field.name && /^(textarea|text|search)$/.test(field.type));
}

function keep(form) {
  const kept = {};
  for (const field of fields(form)) {
    if (field.value) kept[field.name] = field.value;
  }
  const key = PREFIX + form.dataset.draft;
  if (Object.keys(kept).length) localStorage.setItem(key, JSON.stringify(kept));
  else localStorage.removeItem(key);
}

function restore(form) {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(PREFIX + form.dataset.draft) || "{}");
  } catch {
    localStorage.removeItem(PREFIX + form.dataset.draft);
  }
  for (const field of fields(form)) {
    // What the server put there is newer: a text that came back with an error, or a post that is edited.
    if (typeof kept[field.name] === "string" && !field.value) field.value = kept[field.name];
  }
}

export function begin(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) {
    let timer = 0;
    restore(form);
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => keep(form), WAIT);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      localStorage.removeItem(PREFIX + form.dataset.draft);
    });
  }
}

// Who would receive a post, counted again while one names people: only the names are asked about, never the words.

const WAIT = 600;
const NAME = /@[\w.-]+(?:@[\w.-]+\.[\w-]+(?::\d+)?)?/g;

function asked(form) {
  const names = [...new Set(form.elements.text.value.match(NAME) || [])].slice(0, 20);
  const address = new URL(form.dataset.receivers, location.href);
  address.searchParams.set("named", names.join(" "));
  for (const name of ["reply", "audience", "shown_as"]) {
    const value = new FormData(form).get(name);
    if (value) address.searchParams.set(name, value);
  }
  return address.href;
}

async function count(form) {
  const answer = await fetch(asked(form), { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = [...made.querySelectorAll(".who")];
  const shown = [...form.querySelectorAll(".who")];
  // Only what is told changes: the choice, and what is open, stay as they are.
  if (fresh.length !== shown.length) return;
  shown.forEach((each, at) => each.replaceChildren(...fresh[at].childNodes));
}

export function begin(root) {
  for (const form of root.querySelectorAll("form[data-receivers]")) {
    let timer = 0;
    let last = asked(form);
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const next = asked(form);
        if (next !== last) count(form);
        last = next;
      }, WAIT);
    });
  }
}

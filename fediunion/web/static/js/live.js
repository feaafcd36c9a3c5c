// A list that hears of new posts: they wait behind a button on top, and nothing moves by itself.
//
// <div data-live="/live/home" data-newer="/home/newer" data-words="1 new post|%n new posts">: `data-live` is a
// stream of events, each with an id, and of the numbers in the menu; `data-newer` gives the rows that are newer
// than the first one here.

const MOST = 40;

function words(list, count) {
  const [one, many] = (list.dataset.words || "1|%n").split("|");
  return (count === 1 ? one : many).replace("%n", String(count));
}

async function show(list, button) {
  const first = list.querySelector("[data-id]");
  const address = new URL(list.dataset.newer, location.href);
  if (first) address.searchParams.set("after", first.dataset.id);
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok) {
    location.reload();
    return;
  }
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  const rows = [...made.body.children];
  if (rows.length) list.parentElement.querySelector(".void")?.remove();
  for (const row of rows.reverse()) list.prepend(row);
  button.hidden = true;
  rows.at(-1)?.focus();
}

// The numbers in the menu, by the keys of its entries.
function count(counts) {
  for (const place of document.querySelectorAll("[data-menu-count]")) {
    const found = counts[place.dataset.menuCount] || 0;
    place.firstElementChild.textContent = String(found);
    place.hidden = !found;
  }
}

function listen(list) {
  const waiting = new Set();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-full live-waiting";
  button.hidden = true;
  button.addEventListener("click", () => {
    waiting.clear();
    show(list, button);
  });
  const says = document.createElement("div");
  says.setAttribute("role", "status");
  says.append(button);
  list.before(says);
  document.addEventListener("live:show", () => button.hidden || button.click());

  const stream = new EventSource(list.dataset.live);
  stream.addEventListener("update", (event) => {
    if (list.querySelector(`[data-id="${CSS.escape(event.data)}"]`)) return;
    waiting.add(event.data);
    if (waiting.size > MOST) {
      location.reload();
      return;
    }
    button.textContent = words(list, waiting.size);
    button.hidden = false;
  });
  stream.addEventListener("counts", (event) => count(JSON.parse(event.data)));
  addEventListener("pagehide", () => stream.close());
}

export function begin(root) {
  for (const list of root.querySelectorAll("[data-live]")) listen(list);
}

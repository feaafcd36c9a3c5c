// A vacancy as it reads elsewhere, beside its form, again and again while one types. Nothing is saved by it.

const WAIT = 800;

async function show(form, place, signal) {
  const sent = new FormData(form);
  const answer = await fetch(form.dataset.preview, { method: "POST", body: sent, signal });
  if (!answer.ok) return;
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...made.body.childNodes);
  place.hidden = false;
}

export function begin(root) {
  for (const form of root.querySelectorAll("form[data-preview]")) {
    const place = root.querySelector("[data-preview-here]");
    if (!place) continue;
    let timer = 0;
    let asked = null;
    const again = () => {
      asked?.abort();
      asked = new AbortController();
      show(form, place, asked.signal).catch((error) => {
        if (error.name !== "AbortError") throw error;
      });
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(again, WAIT);
    });
    again();
  }
}

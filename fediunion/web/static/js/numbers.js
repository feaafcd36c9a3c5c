// Numbers that change while one looks: <dl data-numbers="/address"> has places [data-number="key"]; each event
// `numbers` of the stream has new ones by their keys.

function listen(place) {
  const stream = new EventSource(place.dataset.numbers);
  const words = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn" });
  stream.addEventListener("numbers", (event) => {
    for (const [key, count] of Object.entries(JSON.parse(event.data))) {
      const shown = place.querySelector(`[data-number="${CSS.escape(key)}"]`);
      if (shown) shown.textContent = words.format(count);
    }
  });
  addEventListener("pagehide", () => stream.close());
}

export function begin(root) {
  for (const place of root.querySelectorAll("[data-numbers]")) listen(place);
}

// The point of a picture that stays in sight, by a click into it: it presses one of the nine buttons beside it.

function press(picture, event) {
  const place = picture.getBoundingClientRect();
  const x = Math.floor(((event.clientX - place.left) / place.width) * 3) - 1;
  const y = 1 - Math.floor(((event.clientY - place.top) / place.height) * 3);
  const clamp = (value) => Math.max(-1, Math.min(1, value));
  const wanted = `${clamp(x)},${clamp(y)}`;
  const fieldset = picture.closest("fieldset");
  for (const radio of fieldset.querySelectorAll("input[type=radio]")) radio.checked = radio.value === wanted;
  const details = fieldset.querySelector("details");
  if (details) details.open = true;
}

export function begin(root) {
  for (const picture of root.querySelectorAll("img[data-focus]")) {
    picture.addEventListener("click", (event) => press(picture, event));
  }
}

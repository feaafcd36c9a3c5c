// Buttons that answer at once: the form is sent in the background, and the button shows what it will be.

function flip(button) {
  const pressed = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!pressed));
  // What the next press sends: `undo=1` takes back.
  button.value = pressed ? "0" : "1";
  const count = button.querySelector("[data-count]");
  // A number with separators is left to the server.
  if (count && /^\d*$/.test(count.textContent)) {
    const next = Number(count.textContent) + (pressed ? -1 : 1);
    count.textContent = next > 0 ? String(next) : "";
  }
}

async function send(button, fields) {
  const answer = await fetch(button.formAction, { method: "POST", body: fields, redirect: "manual" });
  // The answer to a form is 303, which a script sees as "opaqueredirect".
  return answer.type === "opaqueredirect" || answer.ok;
}

export function begin(root) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-now]");
    if (!button || button.disabled) return;
    event.preventDefault();
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    const fields = new URLSearchParams(new FormData(button.form, button));
    flip(button);
    let done = false;
    try {
      done = await send(button, fields);
    } catch {
      done = false;
    }
    button.ariaBusy = null;
    if (!done) {
      flip(button);
      // The page says what is wrong: the session may be over.
      button.removeAttribute("data-now");
      button.form.requestSubmit(button);
    }
  });
}

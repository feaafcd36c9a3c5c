// Forms with files: what was chosen is listed with its size, and while it is sent a bar shows how far it is.
//
// <form …><input type="file" data-upload><progress hidden></progress><ul data-chosen></ul></form>

function size(bytes) {
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: "kilobyte",
    maximumFractionDigits: 0,
  }).format(bytes / 1000);
}

function list(input, place) {
  place.replaceChildren(
    ...[...input.files].map((file) => {
      const row = document.createElement("li");
      row.textContent = `${file.name} · ${size(file.size)}`;
      return row;
    }),
  );
}

// The page as it comes with an answer: nothing in it ran yet.
async function show(answer) {
  const { beginIn } = await import("./main.js");
  document.title = answer.title;
  delete document.documentElement.dataset.ready;
  document.body.replaceWith(document.adoptNode(answer.body));
  window.scrollTo(0, 0);
  document.getElementById("main")?.focus();
  await beginIn(document.body);
}

// Sends the form without a script, and with the button that was pressed.
function sendPlainly(form, submitter) {
  if (submitter?.name) {
    const pressed = document.createElement("input");
    Object.assign(pressed, { type: "hidden", name: submitter.name, value: submitter.value });
    form.append(pressed);
  }
  form.submit();
}

function send(form, submitter, bar) {
  const request = new XMLHttpRequest();
  request.open("POST", submitter?.hasAttribute("formaction") ? submitter.formAction : form.action);
  request.responseType = "document";
  request.upload.addEventListener("progress", (event) => {
    bar.hidden = false;
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    // The answer is the next page, or this one with what is wrong.
    if (request.status < 400) location.assign(request.responseURL);
    else if (request.response) show(request.response);
    else sendPlainly(form, submitter);
  });
  request.addEventListener("error", () => {
    bar.hidden = true;
    sendPlainly(form, submitter);
  });
  request.send(new FormData(form, submitter));
}

export function begin(root) {
  for (const input of root.querySelectorAll("input[type=file][data-upload]")) {
    const form = input.form;
    const place = form.querySelector("[data-chosen]");
    const bar = form.querySelector("progress");
    if (place) input.addEventListener("change", () => list(input, place));
    if (bar) {
      form.addEventListener("submit", (event) => {
        if (!input.files.length) return;
        event.preventDefault();
        send(form, event.submitter, bar);
      });
    }
  }
}

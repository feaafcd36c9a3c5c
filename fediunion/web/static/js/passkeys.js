// Passkeys: a form with `data-passkey` asks the browser for one and sends what it signed.
//
// <form data-passkey="get" data-options="/sign-in/passkey/options" data-failed="…" hidden>: "create" makes a
// passkey, "get" has one sign. The options come as JSON for the token of the form; the answer goes back in the
// field `answer`. Without a script, or where the browser knows no passkeys, the form stays hidden.

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function named(credentials) {
  return (credentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
}

function read(options) {
  const made = { ...options, challenge: bytes(options.challenge) };
  if (options.user) made.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) made.allowCredentials = named(options.allowCredentials);
  if (options.excludeCredentials) made.excludeCredentials = named(options.excludeCredentials);
  return made;
}

function written(credential) {
  const given = credential.response;
  const response = { clientDataJSON: text(given.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given[part]) response[part] = text(given[part]);
  }
  if (given.getTransports) response.transports = given.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: {},
    response,
  });
}

async function ask(form) {
  // The token is all that the question needs: a password in the same form stays here.
  const fields = new URLSearchParams({ form_token: form.elements.form_token.value });
  const answer = await fetch(form.dataset.options, { method: "POST", body: fields });
  const options = await answer.json();
  if (!answer.ok) throw new Error(options.error);
  const publicKey = read(options);
  if (form.dataset.passkey === "create") return navigator.credentials.create({ publicKey });
  return navigator.credentials.get({ publicKey });
}

function say(form, words) {
  const place = form.querySelector("[data-says]");
  place.textContent = words;
  place.hidden = false;
}

export function begin(root) {
  if (!window.PublicKeyCredential) return;
  for (const form of root.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      // A form that also takes a code is sent as it is where one was typed.
      if (form.elements.answer.value || form.elements.code?.value) return;
      event.preventDefault();
      try {
        form.elements.answer.value = written(await ask(form));
      } catch (error) {
        // A DOMException says in English that nobody chose a passkey, or took too long.
        say(form, error instanceof DOMException || !error.message ? form.dataset.failed : error.message);
        return;
      }
      form.requestSubmit();
    });
  }
}

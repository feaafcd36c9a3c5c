// The only script of a page: loads a module where the page has what the module is for.
const modules = [
  ["[data-now]", "./now.js"],
  ["[data-live]", "./live.js"],
  ["[data-draft]", "./drafts.js"],
  ["[data-post], [data-keys-switch]", "./keys.js"],
  ["[data-upload]", "./uploads.js"],
  ["form[data-receivers]", "./receivers.js"],
  ["form[data-preview]", "./preview.js"],
  ["img[data-focus]", "./focus.js"],
  ["[data-home-server]", "./home-server.js"],
  ["[data-ago]", "./minutes.js"],
  ["[data-passkey]", "./passkeys.js"],
];

async function begin(path) {
  const module = await import(path);
  module.begin(document);
}

const needed = modules.filter(([selector]) => document.querySelector(selector));
await Promise.all(needed.map(([, path]) => begin(path)));
// For tests: everything that a script adds is there.
document.documentElement.dataset.ready = "";

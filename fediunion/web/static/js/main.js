// The only script of a page: loads a module where the page has what the module is for.
const modules = [
  ["[data-live]", "./live.js"],
  ["[data-numbers]", "./numbers.js"],
  ["[data-draft]", "./drafts.js"],
  ["[data-upload]", "./uploads.js"],
  ["form[data-receivers]", "./receivers.js"],
  ["form[data-preview]", "./preview.js"],
  ["img[data-focus]", "./focus.js"],
  ["[data-home-server]", "./home-server.js"],
  ["[data-passkey]", "./passkeys.js"],
];
// These hear the whole document: one beginning is enough for all that comes into it later.
const wide = new Map([
  ["[data-now]", "./now.js"],
  ["[data-post], [data-keys-switch]", "./keys.js"],
  ["[data-ago], [data-until]", "./minutes.js"],
]);

async function begin(path, root) {
  const module = await import(path);
  module.begin(root);
}

// Begins what a part of the page needs: at first the page itself, later what has taken its place.
export async function beginIn(root) {
  const needed = modules.filter(([selector]) => root.querySelector(selector));
  const begun = needed.map(([, path]) => begin(path, root));
  for (const [selector, path] of wide) {
    if (root.querySelector(selector) && wide.delete(selector)) begun.push(begin(path, document));
  }
  await Promise.all(begun);
  // For tests: everything that a script adds is there.
  document.documentElement.dataset.ready = "";
}

await beginIn(document);

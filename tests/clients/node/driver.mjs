// Does what a line of JSON asks with masto or megalodon, and answers with a line of JSON.
//
//   {"do": "connect", "library": "masto" | "megalodon", "url": …, "token": …}
//   {"do": "call", "root": …, "path": "v1.statuses.$select(7).favourite", "args": […]}
//   {"do": "listen", "path": …, "args": […]}     {"do": "heard"}
//
// The answer is {"value": …}, or {"error": …, "status": …}. {"$file": path} among arguments is that file.

import { readFile } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";
import generator, { detector } from "megalodon";
import WebSocket from "ws";

// The libraries may say something too; standard output is for answers.
const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\n");
console.log = console.error;

const heard = [];
let client;

const libraries = {
  masto: (url, accessToken) => ({
    rest: createRestAPIClient({ url, accessToken }),
    oauth: createOAuthAPIClient({ url }),
    file: async (path) => new File([await readFile(path)], basename(path), { type: "image/jpeg" }),
    // An entity, or the first page of a paginator.
    read: async (answer) => await answer,
    listen: async (path, args) => {
      const { configuration } = await client.rest.v2.instance.fetch();
      const streaming = createStreamingAPIClient({
        streamingApiUrl: configuration.urls.streaming,
        accessToken,
        implementation: WebSocket,
      });
      const events = walk(streaming, path, args);
      (async () => {
        for await (const event of events) heard.push([event.event, event.payload ?? null]);
      })();
      await streaming.prepare();
    },
  }),
  megalodon: async (url, token) => ({
    rest: generator(await detector(url), url, token),
    file: async (path) => createReadStream(path),
    read: async (answer) => {
      const read = await answer;
      return read !== null && typeof read === "object" && "headers" in read && "data" in read ? read.data : read;
    },
    listen: async (path, args) => {
      const stream = await walk(client.rest, path, args);
      for (const name of ["update", "notification", "delete", "conversation", "status_update"])
        stream.on(name, (payload) => heard.push([name, payload]));
      stream.on("error", (error) => heard.push(["error", String(error)]));
      await new Promise((resolve) => stream.on("connect", resolve));
    },
  }),
};

function walk(root, path, args) {
  let [owner, reached] = [undefined, root];
  for (const [, name, id] of path.matchAll(/([$\w]+)(?:\(([^)]*)\))?\.?/g)) {
    [owner, reached] = [reached, reached[name]];
    if (id !== undefined) [owner, reached] = [undefined, reached(id)];
  }
  return owner === undefined ? reached(...args) : Reflect.apply(reached, owner, args);
}

async function filled(value) {
  if (Array.isArray(value)) return Promise.all(value.map(filled));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$file === "string") return client.file(value.$file);
  const pairs = Object.entries(value).map(async ([name, each]) => [name, await filled(each)]);
  return Object.fromEntries(await Promise.all(pairs));
}

const commands = {
  connect: async ({ library, url, token }) => {
    client = await libraries[library](url, token);
  },
  call: async ({ root, path, args }) => client.read(walk(client[root], path, await filled(args))),
  listen: async ({ path, args }) => client.listen(path, args),
  heard: async () => heard,
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await commands[asked.do](asked)) ?? null };
  } catch (error) {
    const said = JSON.stringify(error.response?.data ?? null);
    const status = error.statusCode ?? error.response?.status ?? null;
    answer = { error: `${error.stack ?? error}\n${said}`, status };
  }
  say(answer);
}
process.exit(0);

// An independent ActivityPub server on @fedify/fedify, steered over HTTP by the tests.
//
//   node peer.mjs PORT
//
// Actor: http://peer.localhost:PORT/users/pia, key pairs RSA and Ed25519. Steering (JSON in, JSON out):
//   GET  /control/received                the activities that Fedify verified and handed to its listeners
//   POST /control/lookup {"id"}           what Fedify makes of a document or handle
//   POST /control/follow {"actor"}        /control/unfollow {"actor"}
//   POST /control/note {"id","content","to":[…],"inReplyTo"}   publish to followers and to those named
//   POST /control/delete {"id"}           /control/like {"object"}   /control/boost {"object"}

import { createServer } from "node:http";
import { Temporal } from "@js-temporal/polyfill";
import {
  createFederation,
  generateCryptoKeyPair,
  MemoryKvStore,
} from "@fedify/fedify";
import {
  Accept,
  Activity,
  Announce,
  Create,
  Delete,
  Endpoints,
  Follow,
  isActor,
  Like,
  Note,
  Person,
  PUBLIC_COLLECTION,
  Tombstone,
  Undo,
} from "@fedify/vocab";

const port = Number(process.argv[2]);
const origin = `http://peer.localhost:${port}`;
const NAME = "pia";

const keyPairs = [
  await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
  await generateCryptoKeyPair("Ed25519"),
];
const notes = new Map();
const followers = new Map();
const follows = new Map();
const received = [];

const federation = createFederation({
  kv: new MemoryKvStore(),
  allowPrivateAddress: true,
  firstKnock: process.env.FIRST_KNOCK ?? "rfc9421",
});

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== NAME) return null;
    const keys = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Pia of another server",
      summary: "<p>Speaks another dialect.</p>",
      url: ctx.getActorUri(identifier),
      inbox: ctx.getInboxUri(identifier),
      outbox: ctx.getOutboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: keys[0].cryptographicKey,
      assertionMethods: keys.map((key) => key.multikey),
    });
  })
  .setKeyPairsDispatcher((_ctx, identifier) => (identifier === NAME ? keyPairs : []));

federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({
  items: [...followers.values()],
}));

federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));

federation.setObjectDispatcher(Note, "/notes/{id}", (ctx, { id }) => {
  const note = notes.get(id);
  return note === undefined ? null : makeNote(ctx, id, note);
});

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Follow, async (ctx, follow) => {
    await keep(follow);
    const follower = await follow.getActor(ctx);
    if (!isActor(follower)) return;
    followers.set(follower.id.href, follower);
    await ctx.sendActivity(
      { identifier: NAME },
      follower,
      new Accept({
        id: new URL(`${origin}/accepts/${crypto.randomUUID()}`),
        actor: ctx.getActorUri(NAME),
        object: follow,
      }),
    );
  })
  .on(Undo, async (ctx, undo) => {
    await keep(undo);
    const undone = await undo.getObject(ctx);
    if (undone instanceof Follow) followers.delete(undo.actorId.href);
  })
  .on(Activity, async (_ctx, activity) => keep(activity));

async function keep(activity) {
  received.push(await activity.toJsonLd({ format: "compact" }));
}

function makeNote(ctx, id, note) {
  return new Note({
    id: new URL(`${origin}/notes/${id}`),
    attribution: ctx.getActorUri(NAME),
    content: note.content,
    published: note.published,
    replyTarget: note.inReplyTo ? new URL(note.inReplyTo) : null,
    tos: [PUBLIC_COLLECTION, ...(note.to ?? []).map((uri) => new URL(uri))],
    cc: ctx.getFollowersUri(NAME),
  });
}

async function recipientsOf(ctx, uris) {
  const found = await Promise.all(uris.map((uri) => lookupActor(ctx, uri)));
  return [...followers.values(), ...found];
}

async function lookupActor(ctx, uri) {
  const actor = await ctx.lookupObject(uri);
  if (!isActor(actor)) throw new Error(`no actor: ${uri}`);
  return actor;
}

const controls = {
  async follow(ctx, { actor }) {
    const followed = await lookupActor(ctx, actor);
    const follow = new Follow({
      id: new URL(`${origin}/follows/${crypto.randomUUID()}`),
      actor: ctx.getActorUri(NAME),
      object: followed.id,
    });
    follows.set(actor, follow);
    await ctx.sendActivity({ identifier: NAME }, followed, follow);
    return { id: follow.id.href };
  },
  async unfollow(ctx, { actor }) {
    await ctx.sendActivity(
      { identifier: NAME },
      await lookupActor(ctx, actor),
      new Undo({
        id: new URL(`${origin}/undos/${crypto.randomUUID()}`),
        actor: ctx.getActorUri(NAME),
        object: follows.get(actor),
      }),
    );
    return {};
  },
  async note(ctx, { id, ...note }) {
    notes.set(id, { ...note, published: Temporal.Now.instant() });
    const document = makeNote(ctx, id, notes.get(id));
    await ctx.sendActivity(
      { identifier: NAME },
      await recipientsOf(ctx, note.to ?? []),
      new Create({
        id: new URL(`${origin}/notes/${id}/activity`),
        actor: ctx.getActorUri(NAME),
        object: document,
        tos: [...(note.to ?? []).map((uri) => new URL(uri)), PUBLIC_COLLECTION],
        cc: ctx.getFollowersUri(NAME),
      }),
    );
    return { id: document.id.href };
  },
  async delete(ctx, { id }) {
    notes.delete(id);
    await ctx.sendActivity(
      { identifier: NAME },
      [...followers.values()],
      new Delete({
        id: new URL(`${origin}/notes/${id}#delete`),
        actor: ctx.getActorUri(NAME),
        object: new Tombstone({ id: new URL(`${origin}/notes/${id}`) }),
        to: PUBLIC_COLLECTION,
      }),
    );
    return {};
  },
  like: (ctx, { object }) => react(ctx, Like, object),
  boost: (ctx, { object }) => react(ctx, Announce, object),
  async lookup(ctx, { id }) {
    const found = await ctx.lookupObject(id);
    return found === null ? null : await found.toJsonLd({ format: "compact" });
  },
};

async function react(ctx, kind, object) {
  const post = await ctx.lookupObject(object);
  const author = await lookupActor(ctx, post.attributionId.href);
  const activity = new kind({
    id: new URL(`${origin}/reactions/${crypto.randomUUID()}`),
    actor: ctx.getActorUri(NAME),
    object: post.id,
    to: kind === Announce ? PUBLIC_COLLECTION : author.id,
    cc: author.id,
  });
  await ctx.sendActivity({ identifier: NAME }, author, activity);
  return { id: activity.id.href };
}

async function answer(request) {
  const url = new URL(request.url);
  if (!url.pathname.startsWith("/control/")) {
    return federation.fetch(request, { contextData: undefined });
  }
  const name = url.pathname.slice("/control/".length);
  if (name === "received") return Response.json(received);
  const ctx = federation.createContext(new URL(origin), undefined);
  try {
    return Response.json(await controls[name](ctx, await request.json()));
  } catch (error) {
    return Response.json({ error: String(error?.stack ?? error) }, { status: 500 });
  }
}

createServer(async (incoming, outgoing) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: Object.entries(incoming.headers).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => [name, one]),
    ),
    body: hasBody ? Buffer.concat(chunks) : undefined,
  });
  const response = await answer(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}).listen(port, "127.0.0.1", () => console.log(`peer ready on ${origin}`));

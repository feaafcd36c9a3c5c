// An independent ActivityPub server on @fedify/fedify, steered over HTTP by the tests.
//
//   node peer.mjs PORT
//
// People: pia, whose keys stand in her actor document, and quinn, whose keys have documents of their own.
// FIRST_KNOCK is the signature scheme it tries first. Steering (JSON in, JSON out), POST /control/…:
//   received {}                   [{activity, proof}]: what Fedify verified and handed to its listeners, and
//                                 whether its FEP-8b32 proof holds: "valid", "invalid", "none"
//   webfinger {resource}          what Fedify finds by WebFinger
//   lookup {id, signed}           what Fedify makes of a document, asked for with a signature or without
//   follow {actor}                {id};  unfollow {actor}
//   note {id, content, to, inReplyTo}   publish to the followers and to those named: {id}
//   edit {id, content, to}        delete {id, to}
//   like {object}, boost {object} {id};  unlike {id}, unboost {id}
//   vote {question, option}       choose an option of a poll, as Mastodon does it: {id}
// All that act take {as}, pia by default.

import dns from "node:dns";
import { createServer } from "node:http";
import { Temporal } from "@js-temporal/polyfill";
import { createFederation, generateCryptoKeyPair, MemoryKvStore, verifyObject } from "@fedify/fedify";
import {
  Accept,
  Activity,
  Announce,
  Create,
  CryptographicKey,
  Delete,
  Endpoints,
  Follow,
  isActor,
  Like,
  Mention,
  Multikey,
  Note,
  Person,
  PUBLIC_COLLECTION,
  Tombstone,
  Undo,
  Update,
} from "@fedify/vocab";

const port = Number(process.argv[2]);
const origin = `http://peer.localhost:${port}`;

// Not every resolver knows the names below localhost.
const systemLookup = dns.lookup;
dns.lookup = (name, options, callback) =>
  systemLookup(name.endsWith(".localhost") ? "127.0.0.1" : name, options, callback);

const people = new Map();
for (const [name, keysApart] of [["pia", false], ["quinn", true]]) {
  people.set(name, {
    keysApart,
    rsa: await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
    ed25519: await generateCryptoKeyPair("Ed25519"),
    followers: new Map(),
  });
}
const notes = new Map();
const sent = new Map();
const bodies = new Map();
const received = [];

const federation = createFederation({
  kv: new MemoryKvStore(),
  allowPrivateAddress: true,
  firstKnock: process.env.FIRST_KNOCK,
});

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, name) => {
    const person = people.get(name);
    if (person === undefined) return null;
    return new Person({
      id: ctx.getActorUri(name),
      preferredUsername: name,
      name: `${name} of another server`,
      summary: "<p>Speaks another dialect.</p>",
      url: ctx.getActorUri(name),
      inbox: ctx.getInboxUri(name),
      outbox: ctx.getOutboxUri(name),
      followers: ctx.getFollowersUri(name),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      ...(await publicKeys(ctx, name)),
    });
  })
  .setKeyPairsDispatcher((_ctx, name) => {
    const person = people.get(name);
    return person === undefined || person.keysApart ? [] : [person.rsa, person.ed25519];
  });

federation.setFollowersDispatcher("/users/{identifier}/followers", (_ctx, name) => ({
  items: [...(people.get(name)?.followers.values() ?? [])],
}));

federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));

federation.setObjectDispatcher(Note, "/notes/{id}", (ctx, { id }) =>
  notes.has(id) ? noteDocument(ctx, id) : null,
);

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .setSharedKeyDispatcher(() => ({ identifier: "pia" }))
  .on(Follow, async (ctx, follow) => {
    await keep(ctx, follow);
    const follower = await follow.getActor(ctx);
    const { identifier: name } = ctx.parseUri(follow.objectId);
    people.get(name).followers.set(follower.id.href, follower);
    await send(ctx, name, [follower], Accept, { id: newId("accepts"), object: follow });
  })
  .on(Undo, async (ctx, undo) => {
    await keep(ctx, undo);
    const undone = await undo.getObject(ctx);
    if (undone instanceof Follow) {
      people.get(ctx.parseUri(undone.objectId).identifier).followers.delete(undo.actorId.href);
    }
  })
  .on(Activity, keep);

async function publicKeys(ctx, name) {
  const { keysApart, rsa, ed25519 } = people.get(name);
  if (!keysApart) {
    const pairs = await ctx.getActorKeyPairs(name);
    return { publicKey: pairs[0].cryptographicKey, assertionMethods: [pairs[1].multikey] };
  }
  const owner = ctx.getActorUri(name);
  return {
    publicKey: new CryptographicKey({ id: keyUri(name, "rsa"), owner, publicKey: rsa.publicKey }),
    assertionMethods: [
      new Multikey({ id: keyUri(name, "ed25519"), controller: owner, publicKey: ed25519.publicKey }),
    ],
  };
}

function signer(name) {
  const { keysApart, rsa, ed25519 } = people.get(name);
  if (!keysApart) return { identifier: name };
  return [
    { keyId: keyUri(name, "rsa"), privateKey: rsa.privateKey },
    { keyId: keyUri(name, "ed25519"), privateKey: ed25519.privateKey },
  ];
}

const keyUri = (name, kind) => new URL(`${origin}/keys/${name}/${kind}`);
const newId = (kind) => new URL(`${origin}/${kind}/${crypto.randomUUID()}`);

async function keep(ctx, activity) {
  const whole = bodies.get(activity.id.href);
  let proof = "none";
  if (whole.proof) {
    const loaders = { documentLoader: ctx.documentLoader, contextLoader: ctx.contextLoader };
    proof = (await verifyObject(Activity, whole, loaders)) === null ? "invalid" : "valid";
  }
  received.push({ activity: whole, proof });
}

async function send(ctx, name, recipients, kind, members) {
  const activity = new kind({ actor: ctx.getActorUri(name), ...members });
  sent.set(activity.id.href, { activity, recipients });
  await ctx.sendActivity(signer(name), recipients, activity);
  return { id: activity.id.href };
}

function noteDocument(ctx, id) {
  const { as, content, published, updated, inReplyTo, to = [] } = notes.get(id);
  const named = to.map((uri) => new URL(uri));
  return new Note({
    id: new URL(`${origin}/notes/${id}`),
    attribution: ctx.getActorUri(as),
    content,
    published,
    updated,
    replyTarget: inReplyTo ? new URL(inReplyTo) : null,
    tags: named.map((href) => new Mention({ href })),
    tos: [PUBLIC_COLLECTION, ...named],
    cc: ctx.getFollowersUri(as),
  });
}

async function audience(ctx, name, uris = []) {
  return [...people.get(name).followers.values(), ...(await Promise.all(uris.map((uri) => findActor(ctx, uri))))];
}

async function findActor(ctx, uri) {
  const actor = await ctx.lookupObject(uri);
  if (!isActor(actor)) throw new Error(`no actor: ${uri}`);
  return actor;
}

async function react(ctx, name, kind, object) {
  const post = await ctx.lookupObject(object);
  const author = await findActor(ctx, post.attributionId.href);
  const to = kind === Announce ? PUBLIC_COLLECTION : author.id;
  return send(ctx, name, [author], kind, { id: newId("reactions"), object: post.id, to, cc: author.id });
}

async function takeBack(ctx, name, id) {
  const { activity, recipients } = sent.get(id);
  return send(ctx, name, recipients, Undo, { id: newId("undos"), object: activity });
}

const controls = {
  received: () => received,
  webfinger: (ctx, { resource }) => ctx.lookupWebFinger(new URL(resource)),
  async lookup(ctx, { id, signed }) {
    const options = signed ? { documentLoader: await ctx.getDocumentLoader({ identifier: "pia" }) } : {};
    const found = await ctx.lookupObject(id, options);
    return found === null ? null : found.toJsonLd({ contextLoader: ctx.contextLoader });
  },
  async follow(ctx, { as, actor }) {
    const followed = await findActor(ctx, actor);
    return send(ctx, as, [followed], Follow, { id: newId("follows"), object: followed.id });
  },
  unfollow: (ctx, { as, id }) => takeBack(ctx, as, id),
  async note(ctx, { id, ...note }) {
    notes.set(id, { ...note, published: Temporal.Now.instant() });
    const object = noteDocument(ctx, id);
    const activityId = new URL(`${object.id.href}/activity`);
    const recipients = await audience(ctx, note.as, note.to);
    await send(ctx, note.as, recipients, Create, { id: activityId, object, tos: object.toIds, ccs: object.ccIds });
    return { id: object.id.href };
  },
  async edit(ctx, { id, content }) {
    const note = Object.assign(notes.get(id), { content, updated: Temporal.Now.instant() });
    const object = noteDocument(ctx, id);
    const recipients = await audience(ctx, note.as, note.to);
    return send(ctx, note.as, recipients, Update, { id: newId("updates"), object, tos: object.toIds });
  },
  async delete(ctx, { id }) {
    const { as, to } = notes.get(id);
    const recipients = await audience(ctx, as, to);
    notes.delete(id);
    const object = new Tombstone({ id: new URL(`${origin}/notes/${id}`) });
    return send(ctx, as, recipients, Delete, { id: newId("deletes"), object, to: PUBLIC_COLLECTION });
  },
  like: (ctx, { as, object }) => react(ctx, as, Like, object),
  boost: (ctx, { as, object }) => react(ctx, as, Announce, object),
  async vote(ctx, { as, question, option }) {
    const poll = await ctx.lookupObject(question);
    const asker = await findActor(ctx, poll.attributionId.href);
    const object = new Note({
      id: newId("votes"),
      attribution: ctx.getActorUri(as),
      name: option,
      replyTarget: poll.id,
      to: asker.id,
    });
    return send(ctx, as, [asker], Create, { id: newId("votings"), object, to: asker.id });
  },
  unlike: (ctx, { as, id }) => takeBack(ctx, as, id),
  unboost: (ctx, { as, id }) => takeBack(ctx, as, id),
};

async function answer(request) {
  const ctx = federation.createContext(new URL(origin), undefined);
  const [, place, name, kind] = new URL(request.url).pathname.split("/");
  if (place === "keys" && people.has(name)) {
    const { publicKey, assertionMethods } = await publicKeys(ctx, name);
    const key = kind === "rsa" ? publicKey : assertionMethods[0];
    const headers = { "Content-Type": "application/activity+json" };
    return Response.json(await key.toJsonLd({ contextLoader: ctx.contextLoader }), { headers });
  }
  if (request.method === "POST" && place !== "control") {
    // A proof is about the document as it came, which Fedify does not give to its listeners.
    const body = await request.clone().json();
    bodies.set(body.id, body);
  }
  if (place !== "control") return federation.fetch(request, { contextData: undefined });
  try {
    const wish = { as: "pia", ...(await request.json()) };
    return Response.json((await controls[name](ctx, wish)) ?? null);
  } catch (error) {
    return Response.json({ error: String(error?.stack ?? error) }, { status: 500 });
  }
}

const server = createServer(async (incoming, outgoing) => {
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
});
server.listen(port, "127.0.0.1", () => console.log(`peer ready on ${origin}`));
process.on("SIGTERM", () => process.exit(0));

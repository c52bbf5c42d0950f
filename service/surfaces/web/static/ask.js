// The asking page: a question out, its answer in, sentence by sentence, then with all it rests on.

import { offer } from "./actions.js";
import { at, byId, call, events, make, outletAndDay, readerLink, show, trouble } from "./archive.js";
import { goOn, mount, past, reopen, restart, told } from "./conversation.js";

const FILTERS = ["publisher", "published_after", "published_before", "as_of", "collection"];

let asked = null; // the part of the address that was asked last
let running = null; // the AbortController of the answer under way

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) return running.abort();
  const wanted = given();
  if (!wanted.q) return byId("question").focus();
  history.pushState(null, "", `?${new URLSearchParams(wanted)}`);
  asked = location.search;
  restart();
  ask(wanted);
});
byId("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!running) byId("ask").requestSubmit();
  }
});
window.addEventListener("popstate", () => location.search === asked || fromAddress()); // a link within the page asks nothing
mount((question) => {
  goOn();
  ask({ ...given(), q: question });
});
fromAddress();

/** What the form holds, without empty fields. */
function given() {
  const fields = [["q", byId("question").value.trim()], ...FILTERS.map((name) => [name, byId(name).value])];
  return Object.fromEntries(fields.filter(([, value]) => value));
}

/** Takes conversation and question from the address bar, so that an answer can be come back to and linked to. */
async function fromAddress() {
  asked = location.search;
  const wanted = new URLSearchParams(asked);
  byId("question").value = (wanted.get("q") ?? "").slice(0, 2000);
  for (const name of FILTERS) byId(name).value = wanted.get(name) ?? "";
  byId("narrow").open = FILTERS.some((name) => wanted.get(name));
  running?.abort();
  restart();
  const last = await reopened(wanted.get("conversation"));
  if (location.search !== asked) return; // the reader went on meanwhile
  if (last) return again(last);
  const unread = FILTERS.filter((name) => wanted.get(name) && !byId(name).value);
  if (byId("question").value.trim() && !unread.length) return ask(given());
  byId("answer").replaceChildren();
  show("followup", false);
  byId("answer").classList.remove("expected");
  status("");
  trouble(unread.map((name) => `“${byId(name).labels[0].textContent}” cannot be “${wanted.get(name)}”, as the address has it: choose anew, then ask.`).join(" "));
  show("welcome");
}

/** The last answer of a conversation of this reader's; null where the address names none. */
async function reopened(id) {
  try {
    return id ? await reopen(id) : null;
  } catch (error) {
    failed(error);
    return null;
  }
}

/** An answer of earlier. */
async function again(answer) {
  const own = (running = new AbortController());
  begin(answer.question);
  await complete(answer, own.signal);
  ended(own);
}

async function ask(wanted) {
  const own = (running = new AbortController());
  begin(wanted.q);
  try {
    const reply = await call("v1/answers", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify(request(wanted)),
      signal: own.signal,
    });
    const answer = await streamed(reply, own.signal);
    if (answer) await complete(answer, own.signal);
  } catch (error) {
    if (error.status === 404) restart(); // the conversation was deleted elsewhere
    if (own.signal.aborted) status("Stopped.");
    else failed(error);
  } finally {
    ended(own);
  }
}

function failed(error) {
  status("");
  trouble(error.detail ? sentence(error.detail) : "The service cannot be reached. Is it running?");
}

function ended(own) {
  if (running !== own) return;
  running = null;
  byId("answer").classList.remove("expected");
  byId("submit").textContent = "Ask";
}

function request({ q, as_of, collection, publisher, published_after, published_before }) {
  const filters = { ...(publisher && { publishers: [publisher] }), ...(published_after && { published_after }), ...(published_before && { published_before }) };
  return { question: q, stream: true, ...(as_of && { as_of }), ...(collection && { collections: [collection] }), ...(Object.keys(filters).length && { filters }), ...past() };
}

/** Writes sentences as they are verified; the whole answer at the end. */
async function streamed(reply, signal) {
  let released = null;
  for await (const { event, data } of events(reply)) {
    if (signal.aborted) return null;
    if (event === "answer.claim") released = data;
    else if (event === "answer.delta") {
      write(data.text, released);
      released = null;
    } else if (event === "answer.completed") return data;
    else if (event === "error") throw data;
  }
  throw { detail: "the answer broke off; ask again" };
}

function begin(question) {
  trouble("");
  show("welcome", false);
  show("followup", false);
  byId("answer").classList.add("expected");
  byId("answer").replaceChildren(
    make(
      "section",
      { class: "result" },
      make("h2", { class: "asked", dir: "auto" }, question),
      make("p", { class: "answer" }),
      make("section", { class: "arriving-sources", hidden: true }, make("h3", {}, "Sources"), make("ol", { class: "cards" })),
    ),
  );
  byId("submit").textContent = "Stop";
  document.title = `${question.slice(0, 80)}: Dateline`;
  status("Reading the archive…", true);
}

/** One more sentence, and the sources that are new with it. */
function write(text, released) {
  const pieces = released ? text.split(/\s*\[(\d+)\]/).map((piece, n) => (n % 2 ? make("sup", {}, piece) : piece)) : [text];
  byId("answer").querySelector(".answer").append(make("span", { class: "claim arriving" }, ...pieces));
  for (const citation of released?.citations ?? []) {
    byId("answer").querySelector(".arriving-sources").hidden = false;
    const cards = byId("answer").querySelector(".cards");
    const own = [...cards.children].find((one) => one.dataset.article === citation.article_id);
    if (own) own.append(said(citation));
    else cards.append(card(citation));
  }
}

/** An article that is cited while the answer is still being written, with the first words that are. */
function card(citation) {
  return make(
    "li",
    { class: "card numbered", "data-article": citation.article_id },
    make("div", { class: "headline" }, make("a", { href: readerLink(citation.article_id, citation.start, citation.end), dir: "auto" }, citation.title)),
    make("div", { class: "where" }, outletAndDay(citation)),
    said(citation),
  );
}

function said(citation) {
  const link = { class: "number", href: readerLink(citation.article_id, citation.start, citation.end), "aria-label": `Source ${citation.number} in its article` };
  return make("div", { class: "quoted" }, make("a", link, String(citation.number)), make("blockquote", { dir: "auto" }, citation.quote));
}

/** Puts the answer as its own page shows it in the place of what was streamed; where it was not kept, that stays. */
async function complete(answer, signal) {
  const kept = await fetch(at(`answers/${answer.id}`), { signal }).catch(() => null);
  const page = kept?.ok ? new DOMParser().parseFromString(await kept.text(), "text/html") : null;
  if (signal.aborted) return;
  const whole = page?.querySelector(".result");
  if (whole) byId("answer").replaceChildren(moved(document.adoptNode(whole), kept.url));
  status("");
  offer(answer);
  told(answer);
  asked = location.search;
  show("followup");
}

/** A part of another page, its addresses as they are from there. */
function moved(part, from) {
  for (const link of part.querySelectorAll("[href]:not([href^='#'])")) link.setAttribute("href", new URL(link.getAttribute("href"), from).href);
  return part;
}

function status(words, busy = false) {
  byId("status").textContent = words;
  byId("status").classList.toggle("busy", busy);
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

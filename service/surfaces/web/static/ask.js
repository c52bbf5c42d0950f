// The asking page: a question out, an answer in, sentence by sentence, with the words each sentence rests on.

import { at, badges, byId, call, make, outletAndDay, readerLink, show, trouble, webAddress } from "./archive.js";
import { offer, withdraw } from "./actions.js";
import { goOn, mount, past, reopen, restart, told } from "./conversation.js";
import { differing } from "./words.js";

const SUPPORT = { partial: "supported in part" };
const STATUS = {
  altered_copy: "An altered copy says something else",
  superseded: "A later account replaces an earlier one",
  disputed: "Accounts differ, and neither is settled",
};

let running = null; // the AbortController of the answer under way
let shown = null; // the id of the answer on the page, once it is whole

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) return running.abort();
  const question = byId("question").value.trim();
  if (!question) return byId("question").focus();
  const asOf = byId("as-of").value;
  history.pushState(null, "", `?${new URLSearchParams({ q: question, ...(asOf ? { as_of: asOf } : {}) })}`);
  restart();
  ask(question, asOf);
});
byId("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!running) byId("ask").requestSubmit();
  }
});
byId("question").addEventListener("input", grow);
byId("clear-day").addEventListener("click", () => { byId("as-of").value = ""; });
window.addEventListener("popstate", fromAddress);

mount((question) => {
  goOn();
  ask(question, byId("as-of").value);
});
fromAddress();
holdings();

/** Takes conversation, question and day from the address bar, so that an answer can be come back to and linked to. */
async function fromAddress() {
  const address = location.search;
  const wanted = new URLSearchParams(location.search);
  byId("question").value = (wanted.get("q") ?? "").slice(0, 2000);
  byId("as-of").value = wanted.get("as_of") ?? "";
  byId("narrow").open = Boolean(byId("as-of").value);
  grow();
  running?.abort();
  restart();
  const last = await reopened(wanted.get("conversation"));
  if (location.search !== address) return; // the reader went on meanwhile
  if (last) draw(last);
  else if (byId("question").value.trim()) ask(byId("question").value.trim(), byId("as-of").value);
  else {
    show("result", false);
    welcome();
  }
}

/** The last answer of a conversation of this reader's; null where the address names none. */
async function reopened(id) {
  try {
    return id ? await reopen(id) : null;
  } catch (error) {
    trouble(sentence(error.detail ?? "the service cannot be reached. Is it running?"));
    return null;
  }
}

/** A whole answer, as if it had come sentence by sentence. */
function draw(answer) {
  begin(answer.question);
  const drawn = new Set();
  answer.claims.forEach((claim, n) => {
    const fresh = answer.citations.filter(({ number }) => claim.citations.includes(number) && !drawn.has(number));
    fresh.forEach(({ number }) => drawn.add(number));
    write((n ? " " : "") + claim.text, { claim, citations: fresh });
  });
  if (!answer.claims.length) write(answer.text);
  complete(answer);
}

async function ask(question, asOf) {
  const own = (running = new AbortController());
  begin(question);
  try {
    const reply = await call("v1/answers", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify({ question, stream: true, ...past(), ...(asOf ? { as_of: asOf } : {}) }),
      signal: own.signal,
    });
    let claim = null;
    for await (const { event, data } of events(reply.body)) {
      if (own.signal.aborted) return;
      if (event === "answer.claim") claim = data;
      else if (event === "answer.delta") {
        write(data.text, claim);
        claim = null;
      } else if (event === "answer.completed") complete(data);
      else if (event === "error") throw data;
    }
    if (!shown && !own.signal.aborted) throw { detail: "the answer broke off; ask again" };
  } catch (error) {
    if (error.status === 404) restart(); // the conversation was deleted elsewhere
    if (own.signal.aborted) status("Stopped.");
    else {
      status("");
      trouble(error.detail ? sentence(error.detail) : "The service cannot be reached. Is it running?");
    }
  } finally {
    if (running === own) {
      running = null;
      byId("submit").textContent = "Ask";
    }
  }
}

/** Server-sent events of a response body. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const frames = buffer.split("\n\n");
    buffer = frames.pop();
    for (const frame of frames) {
      const lines = frame.split("\n");
      const event = lines.find((line) => line.startsWith("event: "))?.slice(7);
      const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (event) yield { event, data: JSON.parse(data) };
    }
  }
}

function begin(question) {
  shown = null;
  withdraw();
  trouble("");
  show("welcome", false);
  show("result");
  for (const id of ["conflicts", "sources", "nearest", "fallback"]) show(id, false);
  for (const id of ["answer", "conflict-list", "source-list", "nearest-list", "made"]) byId(id).replaceChildren();
  byId("answer").classList.remove("declined");
  byId("asked").textContent = question;
  byId("submit").textContent = "Stop";
  document.title = `${question.slice(0, 80)}: Dateline`;
  status("Reading the archive…", true);
}

/** One more sentence of the answer, and the sources that are new with it. */
function write(text, released) {
  byId("answer").append(released ? claimSpan(text, released.claim) : text);
  for (const citation of released?.citations ?? []) byId("source-list").append(sourceCard(citation));
  show("sources", byId("source-list").children.length > 0);
}

function claimSpan(text, claim) {
  const span = make("span", { class: "claim" });
  const pieces = text.split(/\s*\[(\d+)\]/);
  pieces.forEach((piece, n) => span.append(n % 2 ? marker(piece) : piece));
  const remarks = [SUPPORT[claim.support], claim.independent_sources > 1 ? `${claim.independent_sources} independent sources` : null];
  const said = remarks.filter(Boolean).join(", ");
  if (said) span.append(make("span", { class: "strength" }, ` (${said})`));
  if (claim.counted) span.append(" ", make("a", { href: at(claim.counted.url.slice(1)) }, "Show them"));
  const light = (on) => {
    span.classList.toggle("lit", on);
    for (const number of claim.citations) byId(`source-${number}`)?.classList.toggle("lit", on);
  };
  span.addEventListener("pointerenter", () => light(true));
  span.addEventListener("pointerleave", () => light(false));
  span.addEventListener("focusin", () => light(true));
  span.addEventListener("focusout", () => light(false));
  return span;
}

function marker(number) {
  const link = make("a", { href: `#source-${number}`, "aria-label": `Source ${number}` }, number);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    byId(`source-${number}`)?.scrollIntoView({ block: "center", behavior: "smooth" });
    byId(`source-${number}`)?.focus({ preventScroll: true });
  });
  return make("sup", {}, link);
}

function sourceCard(citation) {
  return make(
    "li",
    { class: "card numbered", id: `source-${citation.number}`, tabindex: "-1" },
    make("span", { class: "number", "aria-hidden": "true" }, String(citation.number)),
    ...headlineOf(citation),
    make("blockquote", { dir: "auto" }, squeezed(citation.quote) || "These words were removed with their article."),
    make("div", { class: "badges" }, ...badges(citation)),
  );
}

function headlineOf(item) {
  const original = webAddress(item.url);
  const where = make("div", { class: "where" }, outletAndDay(item));
  if (original) where.append(" · ", make("a", { href: original, rel: "noopener noreferrer", target: "_blank" }, "original page"));
  const link = make("a", { href: readerLink(item.article_id, item.start, item.end) }, item.title || "Article that was removed");
  return [make("div", { class: "headline" }, link), where];
}

function complete(answer) {
  shown = answer.id;
  status("");
  if (answer.outcome === "declined") decline(answer);
  showConflicts(answer);
  if (answer.fallback) {
    const stepped = answer.answerer === "openai" ? "The answer ends early" : "The answer was taken from the articles directly";
    byId("fallback").textContent = `The language model failed (${answer.fallback.reason}). ${stepped}.`;
    show("fallback");
  }
  byId("made").append(...madeFrom(answer));
  offer(answer);
  told(answer);
}

function decline(answer) {
  byId("answer").classList.add("declined");
  const near = answer.nearest.find((hit) => hit.sentence);
  if (near) byId("answer").append(" ", ...closest(near));
  const others = answer.nearest.filter((hit) => hit !== near);
  byId("nearest-list").append(
    ...others.map((hit) =>
      make("li", { class: "card" }, ...headlineOf(hit), make("blockquote", {}, shortened(hit.sentence?.text ?? hit.text)), make("div", { class: "badges" }, ...badges(hit))),
    ),
  );
  show("nearest", others.length > 0);
}

/** "The closest passage, from The Strait Ledger of 3 March 2025, says: …", linked to the place. */
function closest(hit) {
  const { text, start, end } = hit.sentence;
  const day = hit.published_on && new Date(`${hit.published_on}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const name = hit.publisher ?? `“${hit.title}”`;
  const link = make("a", { href: readerLink(hit.article_id, start, end) }, day ? `${name} of ${day}` : name);
  return ["The closest passage, from ", link, ", says: ", make("q", {}, squeezed(text))];
}

async function showConflicts(answer) {
  const panels = await Promise.all(answer.conflicts.map(conflictPanel));
  if (shown !== answer.id) return; // another question was asked meanwhile
  byId("conflict-list").replaceChildren(...panels);
  show("conflicts", panels.length > 0);
}

async function conflictPanel(conflict) {
  const chosen = conflict.chosen === null ? null : conflict.accounts[conflict.chosen];
  const spans = conflict.status === "altered_copy" ? await alteredSpans(conflict) : null;
  const accounts = conflict.accounts.map((account) => {
    const other = account === chosen || chosen === null ? conflict.accounts.find((a) => a !== account) : chosen;
    const words = spans ? marked(account.citation, spans) : differing(squeezed(account.text), squeezed(other?.text ?? ""));
    return accountBox(account, words, account === chosen, chosen !== null);
  });
  return make(
    "div",
    { class: "conflict" },
    make("h4", {}, `${STATUS[conflict.status] ?? "Accounts differ"}: ${conflict.about}`),
    make("div", { class: "accounts" }, ...accounts),
    make("p", { class: "why" }, sentence(conflict.why)),
  );
}

function accountBox({ citation }, words, chosen, settled) {
  const verdict = chosen ? `Used here${citation.number ? `, source ${citation.number}` : ""}` : settled ? "Not used" : "One account";
  return make(
    "div",
    { class: chosen ? "account chosen" : "account" },
    make("p", { class: "verdict" }, verdict),
    make("blockquote", {}, ...words.map(([text, differs]) => (differs ? make("mark", {}, text) : text))),
    make("p", { class: "where" }, make("a", { href: readerLink(citation.article_id, citation.start, citation.end) }, citation.title), ` · ${outletAndDay(citation)}`),
    make("div", { class: "badges" }, ...badges(citation)),
  );
}

/** The recorded alterations between the accounts, by article: what truly differs, where a comparison of words would guess. */
async function alteredSpans(conflict) {
  const spans = new Map();
  const note = (id, span) => spans.set(id, [...(spans.get(id) ?? []), span]);
  const altered = new Set(conflict.accounts.filter(({ citation }) => citation.family.role === "altered").map(({ citation }) => citation.article_id));
  try {
    for (const id of altered) {
      const { alterations } = await (await call(`v1/articles/${encodeURIComponent(id)}`)).json();
      for (const { here, canonical } of alterations) {
        note(id, here);
        note(canonical.article_id, canonical);
      }
    }
  } catch {
    return null;
  }
  return spans.size ? spans : null;
}

/** A citation's quote in pieces: [[text, altered], …]. Offsets count code points of the article. */
function marked({ article_id, quote, start }, spans) {
  const pieces = [];
  const own = spans.get(article_id) ?? [];
  Array.from(quote).forEach((point, n) => {
    const differs = own.some((span) => span.start <= start + n && start + n < span.end);
    if (pieces.at(-1)?.[1] === differs) pieces.at(-1)[0] += point;
    else pieces.push([point, differs]);
  });
  return pieces.map(([text, differs]) => [text.replace(/\s+/g, " "), differs]);
}

function madeFrom(answer) {
  const declined = answer.outcome === "declined";
  const by = declined ? null : answer.model ? `drafted by ${answer.model}, every sentence checked` : "sentences taken from the articles as they stand";
  const seconds = (answer.timings_ms.total / 1000).toFixed(answer.timings_ms.total < 995 ? 2 : 1);
  const words = [`${declined ? "Searched" : "Answered"} in ${seconds} s`, by, answer.as_of ? `as on ${answer.as_of}` : null];
  return [words.filter(Boolean).join(" · "), " · ", make("a", { href: at(`v1/answers/${answer.id}`) }, "receipt")];
}

async function holdings() {
  const { articles } = await (await fetch(at("readyz"))).json().catch(() => ({}));
  if (articles === undefined) return;
  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  byId("holdings").textContent = articles ? count(articles, "article", "articles") : "The archive is empty";
}

/** Some of what the archive holds, so that an empty page suggests what to ask about. */
async function welcome() {
  document.title = "Dateline: ask the archive";
  status("");
  trouble("");
  try {
    const { articles } = await (await call("v1/articles?limit=60")).json();
    const distinct = articles.filter((article) => article.family.canonical);
    distinct.sort((a, b) => (b.published_on ?? "").localeCompare(a.published_on ?? ""));
    byId("article-list").replaceChildren(
      ...distinct.slice(0, 8).map((article) =>
        make("li", {}, make("a", { href: readerLink(article.article_id) }, article.title), make("span", {}, outletAndDay(article))),
      ),
    );
    show("welcome", distinct.length > 0 && byId("result").hidden);
  } catch (error) {
    trouble(error.detail ? sentence(error.detail) : "The service cannot be reached. Is it running?");
  }
}

function status(words, busy = false) {
  byId("status").textContent = words;
  byId("status").classList.toggle("busy", busy);
}

function grow() {
  const field = byId("question");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 224)}px`;
}

const squeezed = (text) => text.replace(/\s+/g, " ").trim();
const shortened = (text, longest = 280) => {
  const whole = squeezed(text);
  return whole.length <= longest ? whole : `${whole.slice(0, whole.lastIndexOf(" ", longest))} …`;
};
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

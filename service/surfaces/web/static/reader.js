// The reader page: one article with its copies; the cited span of the address (#start-end) and altered words marked.

import { badges, byId, call, day, make, outletAndDay, readerLink, show, trouble, webAddress } from "./archive.js";

const ROLES = {
  original: "original",
  republished: "republished copy",
  fragment: "fragment",
  updated: "updated version",
  altered: "altered copy",
};

let article = null;
let comparison = null;
open();
window.addEventListener("hashchange", () => article && writeText());

async function open() {
  const id = decodeURIComponent(location.pathname.split("/").pop());
  try {
    article = await (await call(`v1/articles/${encodeURIComponent(id)}`)).json();
    if (article.alterations.length) comparison = await (await call(`v1/articles/${encodeURIComponent(id)}/alterations`)).json();
  } catch (error) {
    byId("status").textContent = "";
    const missing = error.status === 404;
    trouble(missing ? "This article is not in the archive; it may have been removed." : (error.detail ?? "The service cannot be reached."));
    return;
  }
  byId("status").textContent = "";
  show("article");
  document.title = `${article.title}: Dateline`;
  writeHead();
  writeFamily();
  writeAlterations();
  writeText();
}

function writeHead() {
  byId("title").textContent = article.title;
  byId("byline").textContent = [article.author ? `By ${article.author}` : null, outletAndDay(article)].filter(Boolean).join(" · ");
  byId("badges").replaceChildren(...badges(article));
  const words = [];
  if (article.republished_on) words.push(`republished ${day(article.republished_on)}`);
  if (article.updated_on) words.push(`updated ${day(article.updated_on)}`);
  if (article.credited_to) words.push(`credited to ${article.credited_to}`);
  if (article.language) words.push(`in ${languageName(article.language)}`);
  words.push(`from ${article.source}`);
  byId("origin").replaceChildren(words.join(" · "));
  const url = webAddress(article.url);
  if (url) byId("origin").append(" · ", make("a", { href: url, rel: "noopener noreferrer" }, "original page"));
}

function writeFamily() {
  const { members } = article.family;
  show("family", members.length > 1);
  byId("family-heading").textContent = `${members.length} copies of one article`;
  byId("members").replaceChildren(...members.map(memberLine));
}

function memberLine(member) {
  const here = member.article_id === article.article_id;
  const name = here ? make("span", { class: "here" }, "this copy") : make("a", { href: readerLink(member.article_id) }, member.title);
  const role = ROLES[member.role] ?? member.role;
  return make(
    "li",
    {},
    name,
    make("span", {}, outletAndDay(member)),
    make("span", { class: `badge ${member.role}` }, member.canonical ? `${role}, canonical` : role),
  );
}

function writeAlterations() {
  const changes = article.alterations.length;
  show("alterations", changes > 0);
  if (!changes) return;
  byId("alterations-heading").textContent = `${changes} ${changes === 1 ? "change" : "changes"} against the canonical copy`;
  const told = comparison.pairs.filter(({ kinds }) => kinds.some((kind) => kind !== "wording"));
  const reworded = comparison.pairs.filter((pair) => !told.includes(pair));
  const folded = told.length > 0 && reworded.length > 0;
  writePairs(byId("changes"), folded ? told : comparison.pairs);
  show("rewordings", folded);
  if (!folded) return;
  const sentences = reworded.length === 1 ? "1 more sentence is" : `${reworded.length} more sentences are`;
  byId("rewordings").querySelector("summary").textContent = `${sentences} only worded differently`;
  writePairs(byId("rewordings").querySelector(".pairs"), reworded);
}

/** Sentences that differ in two columns: the canonical copy's, and what this copy makes of them. */
function writePairs(place, pairs) {
  const { canonical } = comparison;
  place.replaceChildren(
    make("p", { class: "column" }, make("a", { href: readerLink(canonical.article_id) }, "Canonical copy"), ` ${outletAndDay(canonical)}`),
    make("p", { class: "column" }, make("strong", {}, "This copy"), ` ${outletAndDay(article)}`),
    ...pairs.flatMap((pair) => [
      make("p", { class: "kinds" }, ...pair.kinds.map((kind) => make("span", { class: `badge ${kind === "wording" ? "" : "altered"}` }, kind))),
      side(pair.canonical, "sound", readerLink(canonical.article_id, pair.canonical.start, pair.canonical.end), "Canonical copy"),
      side(pair.here, "altered", `#${pair.here.start}-${pair.here.end}`, "This copy"),
    ]),
  );
}

/** One side of a pair, its differing words marked; it leads to its place in the text. */
function side({ start, text, marked }, name, href, label) {
  const points = Array.from(text);
  const link = make("a", { class: `side ${name}`, href, "aria-label": `${label}: ${text}` });
  let done = 0;
  for (const [from, to] of marked) {
    if (to <= from || from - start < done) continue;
    link.append(points.slice(done, from - start).join(""), make("mark", {}, points.slice(from - start, to - start).join("")));
    done = to - start;
  }
  link.append(points.slice(done).join(""));
  return link;
}

function languageName(code) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

/** The text in paragraphs. Offsets count code points, as the archive does; JavaScript's strings count otherwise. */
function writeText() {
  const points = Array.from(article.text);
  const cited = citedSpan(points.length);
  const paragraphs = [];
  for (let start = 0; start < points.length; ) {
    let end = start;
    while (end < points.length && !(points[end] === "\n" && points[end + 1] === "\n")) end++;
    if (end > start) paragraphs.push(paragraph(points, start, end, cited));
    start = end;
    while (points[start] === "\n") start++;
  }
  byId("text").replaceChildren(...paragraphs);
  byId("text").lang = article.language ?? "";
  byId("text").querySelector(".cited")?.scrollIntoView({ block: "center" });
}

function citedSpan(length) {
  const [, start, end] = location.hash.match(/^#(\d+)-(\d+)$/) ?? [];
  return start && Number(start) <= length ? { start: Number(start), end: Math.min(Number(end), length) } : null;
}

function paragraph(points, start, end, cited) {
  const inside = article.alterations.filter(({ here }) => here.start <= end && here.end >= start);
  const edges = new Set([start, end]);
  for (const { start: a, end: b } of [...inside.map((change) => change.here), ...(cited ? [cited] : [])]) {
    for (const edge of [a, b]) if (edge > start && edge < end) edges.add(edge);
  }
  const places = [...edges].sort((a, b) => a - b);
  const element = make("p", { class: points.slice(start, end).join("") === article.title ? "is-title" : null });
  for (const [n, from] of places.entries()) {
    element.append(...inside.filter(({ here }) => here.start === here.end && here.start === from).map(leftOut));
    if (n + 1 < places.length) element.append(...piece(points, from, places[n + 1], inside, cited));
  }
  return element;
}

function piece(points, from, to, inside, cited) {
  const text = points.slice(from, to).join("");
  const change = inside.find(({ here }) => here.start <= from && here.end >= to && here.start < here.end);
  const isCited = cited !== null && cited.start <= from && cited.end >= to;
  if (!change && !isCited) return [text];
  const words = change?.canonical.text.trim();
  const said = words ? `the canonical copy says: ${words}` : "not in the canonical copy";
  const classes = [isCited && "cited", change && "altered"].filter(Boolean).join(" ");
  const marked = make("mark", { class: classes, title: change ? said : null }, text);
  const last = change && change.here.end === to;
  return last ? [marked, make("span", { class: "instead", title: said }, words || "not there")] : [marked];
}

function leftOut({ canonical }) {
  return make("span", { class: "instead not", title: "in the canonical copy" }, canonical.text.trim());
}

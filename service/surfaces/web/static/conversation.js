// Conversations: what was asked before on this page, the box for a follow-up, and the list of earlier ones.

import { at, byId, call, make } from "./archive.js";

const SHOWN = 20; // conversations in the list, or answers of one, until more are asked for

let current = null; // the id of the conversation on the page, once it has an answer that is kept
let answers = []; // of that conversation, oldest first

/** What a question sends of what was before it. */
export function past() {
  if (current) return { conversation_id: current };
  if (!answers.length) return { conversation_id: "new" };
  const history = answers.flatMap(({ question, text }) => [{ role: "user", content: question }, { role: "assistant", content: text }]);
  return { history }; // of a service that keeps nothing
}

/** Begins anew: the next question has nothing before it. */
export function restart() {
  current = null;
  answers = [];
  draw();
}

/** Takes in a whole answer and offers to go on from it. */
export function told(answer) {
  answers.push(answer);
  current = answer.conversation_id ?? current;
  if (current) {
    const address = new URLSearchParams(location.search);
    address.set("conversation", current);
    history.replaceState(null, "", `?${address}`);
    list();
  }
}

/** Shows the answers so far above the one on its way. */
export const goOn = () => draw();

/** The last answer of a conversation on the server, after showing those before it; null where there is none of this id. */
export async function reopen(id) {
  const found = await turns(id).catch((error) => {
    if (error.status === 404) return null;
    throw error;
  });
  if (!found) return null;
  current = id;
  answers = found.turns.slice(1).reverse();
  draw();
  older(id, found.next_cursor);
  return found.turns[0];
}

/** A button above the answers that brings those before them, where there are any. */
function older(id, cursor) {
  if (!cursor) return;
  const more = button("Older answers", async () => {
    const found = await turns(id, cursor).catch(() => null);
    if (!found || current !== id) return;
    found.turns.reverse();
    answers.unshift(...found.turns);
    more.replaceWith(...found.turns.map(summary));
    older(id, found.next_cursor);
  });
  byId("earlier").prepend(more);
}

const turns = async (id, cursor) =>
  (await call(`v1/conversations/${encodeURIComponent(id)}?limit=${SHOWN}${cursor ? `&cursor=${cursor}` : ""}`)).json();

/** Makes the box for a follow-up and the list of earlier conversations; `ask` gets the question. */
export function mount(ask) {
  const field = make("input", { id: "next-question", maxlength: "2000", autocomplete: "off", required: true });
  const form = make("form", { id: "follow-up", class: "follow-up" },
    make("label", { for: "next-question" }, "Ask a follow-up"),
    make("div", { class: "ask-row" }, field, make("button", { type: "submit" }, "Ask")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = field.value.trim();
    field.value = "";
    if (question) ask(question);
  });
  byId("answer").before(make("section", { id: "earlier", class: "earlier", "aria-label": "Earlier in this conversation" }));
  byId("followup").append(form);
  byId("followup").after(make("details", { id: "conversations", class: "conversations", hidden: true },
    make("summary", {}, "Conversations"), make("ul", { id: "conversation-list", class: "headlines" })));
  list();
}

function draw() {
  byId("earlier").replaceChildren(...answers.map(summary));
}

const summary = ({ id, question, text }) =>
  make("details", {}, make("summary", { dir: "auto" }, question), make("p", { dir: "auto" }, text),
    make("p", { class: "where" }, make("a", { href: at(`answers/${encodeURIComponent(id)}`) }, "With its sources")));

/** The list of this reader's conversations, the one used last first. */
async function list(cursor) {
  let page;
  try {
    page = await (await call(`v1/conversations?limit=${SHOWN}${cursor ? `&cursor=${cursor}` : ""}`)).json();
  } catch {
    return; // asking works without it
  }
  const rows = page.conversations.map(row);
  if (cursor) byId("conversation-list").append(...rows);
  else byId("conversation-list").replaceChildren(...rows);
  if (page.next_cursor) {
    const more = make("li", {}, button("More", () => more.remove() ?? list(page.next_cursor)));
    byId("conversation-list").append(more);
  }
  byId("conversations").hidden = !byId("conversation-list").children.length;
}

function row({ conversation_id: id, title, updated_at: when, answers: count }) {
  const day = new Date(when).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const link = make("a", { href: at(`?conversation=${id}`), dir: "auto" }, title);
  const note = make("span", {}, `${day} · ${count} ${count === 1 ? "answer" : "answers"}`);
  const rename = button("Rename", () => item.replaceChildren(renaming(id, title, () => list())));
  const remove = button("Delete", async () => {
    if (remove.textContent === "Delete") {
      remove.textContent = "Delete for good";
      remove.setAttribute("aria-label", `Delete “${title}” for good`);
      return;
    }
    await attempt(`v1/conversations/${id}`, { method: "DELETE" });
    if (id === current) location.assign(at(""));
    else await list();
    byId("conversations").querySelector("summary").focus();
  });
  for (const [one, words] of [[rename, "Rename"], [remove, "Delete"]]) one.setAttribute("aria-label", `${words} “${title}”`);
  const item = make("li", {}, link, note, make("span", { class: "row-actions" }, rename, remove));
  return item;
}

function renaming(id, title, done) {
  const field = make("input", { value: title, maxlength: "200", required: true, "aria-label": "New title" });
  const form = make("form", { class: "ask-row" }, field, make("button", { type: "submit" }, "Save"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    await attempt(`v1/conversations/${id}`, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ title: field.value }) });
    done();
  });
  field.addEventListener("keydown", (event) => { if (event.key === "Escape") done(); });
  queueMicrotask(() => field.select());
  return form;
}

/** A change that the list shows afterwards, whether it worked or not: what is gone elsewhere is gone here. */
const attempt = (path, options) => call(path, options).catch(() => null);

function button(words, click) {
  const made = make("button", { class: "quiet", type: "button" }, words);
  made.addEventListener("click", click);
  return made;
}

// What all pages share: requests with the reader's key, and elements made of text alone (never of HTML).

const ROOT = new URL("..", import.meta.url);
const KEY = "dateline-key";

/** The answer of the service to a request; a refused one throws {status, detail}. Asks for a key and tries again. */
export async function call(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
    const reply = await fetch(new URL(path, ROOT), { ...options, headers });
    if (reply.ok) return reply;
    const problem = await reply.json().catch(() => ({}));
    if (reply.status !== 401) throw { status: reply.status, detail: problem.detail ?? `The service answered ${reply.status}.` };
    await askForKey(problem.code === "invalid_key");
  }
}

/** Shows the key form until a key was given. */
function askForKey(wrong) {
  const form = document.getElementById("key-form");
  const field = document.getElementById("key");
  form.hidden = false;
  field.setCustomValidity(wrong ? "This key is not known here." : "");
  if (wrong) field.reportValidity();
  field.focus();
  return new Promise((resolve) => {
    field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.setItem(KEY, field.value.trim());
      field.value = "";
      form.hidden = true;
      resolve();
    }, { once: true });
  });
}

export const usesKey = () => sessionStorage.getItem(KEY) !== null;
export const at = (path) => new URL(path, ROOT).href;
export const byId = (id) => document.getElementById(id);

/** An element: `make("p", {class: "x"}, "text", child, …)`; strings become text nodes. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function show(id, visible = true) {
  byId(id).hidden = !visible;
}

export function readerLink(articleId, start, end) {
  const place = start === undefined ? "" : `?span=${start}-${end}#cited`;
  return at(`articles/${encodeURIComponent(articleId)}${place}`);
}

/** The address where it is a web address, else null. */
export function webAddress(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol) ? url : null;
  } catch {
    return null;
  }
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
export const day = (iso) => (iso ? DAY.format(new Date(`${iso}T00:00:00Z`)) : "undated");

export const outletAndDay = (item) => `${item.publisher ?? "outlet unknown"} · ${day(item.published_on)}`;

const ROLES = {
  republished: "republished copy",
  fragment: "fragment of an article",
  updated: "updated version",
  altered: "altered copy: facts differ from the original",
};

/** What a reader should know of an article before trusting it. */
export function badges(item) {
  const { role, size } = item.family;
  const found = [];
  if (!item.published_on) found.push(make("span", { class: "badge undated" }, "undated"));
  if (size > 1) found.push(make("span", { class: "badge" }, `1 of ${size} copies`));
  if (ROLES[role]) found.push(make("span", { class: `badge ${role}` }, ROLES[role]));
  return found;
}

export function trouble(words) {
  byId("trouble").textContent = words;
  show("trouble", Boolean(words));
}

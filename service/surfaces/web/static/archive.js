// What all pages share: requests, and elements made of text alone (never of HTML).

const ROOT = new URL("..", import.meta.url);

/** The answer of the service to a request; a refused one throws {status, detail}. Without a key the reader has to sign in. */
export async function call(path, options = {}) {
  const reply = await fetch(new URL(path, ROOT), options);
  if (reply.ok) return reply;
  if (reply.status === 401) return signIn();
  const problem = await reply.json().catch(() => ({}));
  throw { status: reply.status, detail: problem.detail ?? `The service answered ${reply.status}.` };
}

/** Leads to the page that asks for a key, and from there back here. */
function signIn() {
  const here = location.href.slice(ROOT.href.length);
  location.assign(new URL(`sign-in?${new URLSearchParams({ next: here })}`, ROOT));
  return new Promise(() => {}); // nothing on this page goes on
}

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

/** Server-sent events of a reply. */
export async function* events(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
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

export function trouble(words) {
  byId("trouble").textContent = words;
  show("trouble", Boolean(words));
}

// An answer as text to take along, with its sources: Markdown, or plain.

import { day, make, readerLink } from "./archive.js";

/** Buttons that put the answer on the clipboard. */
export function copyButtons(answer) {
  const said = make("span", { role: "status", class: "said" });
  const buttons = [["Copy as Markdown", markdown], ["Copy as text", plain]].map(([words, written]) => {
    const button = make("button", { class: "quiet", type: "button" }, words);
    button.addEventListener("click", async () => {
      said.textContent = (await copied(written(answer))) ? "Copied." : "This browser does not let pages copy.";
    });
    return button;
  });
  return make("div", { class: "copying", role: "group", "aria-label": "Copy this answer" }, ...buttons, said);
}

/** Whether the text is on the clipboard now; by the old way where the page is not served securely. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = make("textarea", { readonly: true, class: "visually-hidden" });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

export function markdown(answer) {
  const sources = answer.citations.map((one) => {
    const title = `[${inert(squeezed(one.title))}](${encodeURI(addressOf(one)).replace(/[()]/g, (bracket) => `%${bracket.charCodeAt(0).toString(16)}`)})`;
    return `${one.number}. ${title}, ${inert(outlet(one))}: “${inert(squeezed(one.quote))}”`;
  });
  return whole([`**${inert(squeezed(answer.question))}**`, inert(answer.text, true), sources.join("\n")]);
}

export function plain(answer) {
  const sources = answer.citations.map((one) => `[${one.number}] ${squeezed(one.title)}, ${outlet(one)}: “${squeezed(one.quote)}”\n    ${addressOf(one)}`);
  return whole([squeezed(answer.question), answer.text, sources.join("\n")]);
}

const whole = (parts) => `${parts.filter(Boolean).join("\n\n")}\n`;
const outlet = (one) => `${one.publisher ?? "outlet unknown"}, ${day(one.published_on)}`;
const addressOf = (one) => webAddress(one.url) ?? readerLink(one.article_id, one.start, one.end);
const squeezed = (text) => text.replace(/\s+/g, " ").trim();

/** Words of others that stay words in Markdown; the answer's own markers, `[1]`, may stay. */
const inert = (text, markers = false) =>
  text.replace(markers ? /\[(?!\d+\])|(?<!\[\d+)\]|[\\`*_<>#|~]/g : /[\\`*_<>#|~[\]]/g, (letter) => `\\${letter}`);

/** The address where it is a web address, else null. */
function webAddress(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol) ? url : null;
  } catch {
    return null;
  }
}

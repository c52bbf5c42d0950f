// What a reader may do with an answer: rate it, copy it, share it.

import { byId, call, make } from "./archive.js";
import { copied, copyButtons } from "./copying.js";
import { ratingOf } from "./feedback.js";

/** Puts the actions for a whole answer below it, in the place of those for the answer before. */
export function offer(answer) {
  byId("actions")?.remove();
  byId("followup").prepend(make("div", { id: "actions", class: "actions" }, ratingOf(answer), copyButtons(answer), sharing(answer)));
}

function sharing(answer) {
  const path = `v1/answers/${encodeURIComponent(answer.id)}/share`;
  const said = make("span", { role: "status", class: "said" });
  const field = make("input", { id: "share-link", readonly: true, "aria-label": "Share link" });
  const copy = make("button", { class: "quiet", type: "button" }, "Copy link");
  const revoke = make("button", { class: "quiet", type: "button" }, "Revoke link");
  const link = make("div", { class: "share-link", hidden: true }, field, copy, revoke);
  const share = make("button", { class: "quiet", type: "button" }, "Share");

  async function attempt(work) {
    try {
      await work();
    } catch (error) {
      said.textContent = error.status === 404 ? "This answer is not kept, so it cannot be shared." : "That did not work. Try again.";
    }
  }
  share.addEventListener("click", () => attempt(async () => {
    field.value = (await (await call(path, { method: "POST" })).json()).url;
    link.hidden = false;
    said.textContent = "Whoever has this link can read the answer.";
    field.select();
  }));
  copy.addEventListener("click", async () => { said.textContent = (await copied(field.value)) ? "Copied." : "Copy it from the field."; });
  revoke.addEventListener("click", () => attempt(async () => {
    await call(path, { method: "DELETE" });
    link.hidden = true;
    said.textContent = "The link leads nowhere now.";
    share.focus();
  }));
  return make("div", { class: "sharing", role: "group", "aria-label": "Share this answer" }, share, link, said);
}

// Two buttons that rate an answer, and a field for what was wrong.

import { call, make } from "./archive.js";

/** The buttons for one answer; a second click on the other one changes the rating. */
export function ratingOf(answer) {
  const said = make("span", { role: "status", class: "said" });
  const buttons = Object.entries({ up: "Helpful", down: "Not helpful" }).map(([rating, words]) => {
    const button = make("button", { class: "quiet", type: "button", "aria-pressed": "false" }, words);
    button.addEventListener("click", () => rate(rating));
    return [rating, button];
  });
  const comment = commentForm((words) => rate("down", words));

  async function rate(rating, words) {
    try {
      await send({ answer_id: answer.id, rating, ...(words ? { comment: words } : {}) });
    } catch (error) {
      said.textContent = error.status === 404 ? "This answer is not kept, so it cannot be rated." : "That did not work. Try again.";
      return;
    }
    for (const [own, button] of buttons) button.setAttribute("aria-pressed", String(own === rating));
    comment.hidden = rating === "up" || Boolean(words);
    said.textContent = words ? "Thank you: it is kept with the answer." : "Thank you.";
    if (!comment.hidden) comment.querySelector("input").focus();
  }

  return make("div", { class: "rating", role: "group", "aria-label": "Rate this answer" }, ...buttons.map(([, button]) => button), said, comment);
}

function commentForm(send) {
  const field = make("input", { id: "comment", maxlength: "2000", required: true });
  const form = make("form", { class: "comment", hidden: true }, make("label", { for: "comment" }, "What was wrong?"), field, make("button", { class: "quiet", type: "submit" }, "Send"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) send(field.value.trim());
  });
  return form;
}

const send = (body) => call("v1/feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

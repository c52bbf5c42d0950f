// Adding articles on the archive page: files in, how far they are, and what became of each.

import { byId, call, events, make } from "./archive.js";

const STAGES = { waiting: "Waiting", read: "Reading", embed: "Indexing", index: "Indexing", group: "Comparing with other articles" };
const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

const form = byId("upload");
form.closest("section").hidden = false;
for (const name of ["dragover", "dragleave", "drop"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.toggle("over", name === "dragover");
    if (name === "drop") send(event.dataTransfer.files);
  });
}
byId("files").addEventListener("change", (event) => send(event.target.files));

async function send(files) {
  if (!files.length) return;
  byId("upload-report").replaceChildren();
  byId("files").disabled = true;
  try {
    const body = new FormData();
    for (const file of files) body.append("files", file);
    status(`Sending ${count(files.length, "file", "files")} …`);
    progress(null);
    const { job_id } = await (await call("v1/articles", { method: "POST", body })).json();
    finish(await followed(job_id));
  } catch (error) {
    status("");
    report(make("p", { class: "notice", role: "alert" }, error.detail ?? "The files could not be sent: the service cannot be reached, or a file was moved."));
  } finally {
    byId("upload-progress").hidden = true;
    byId("files").disabled = false;
    byId("files").value = "";
  }
}

/** The job when it has ended. */
async function followed(id) {
  const reply = await call(`v1/jobs/${id}`, { headers: { Accept: "text/event-stream" } });
  for await (const { event, data } of events(reply)) {
    if (event === "error") throw data;
    if (data.finished_at) return data;
    status(`${STAGES[data.progress.stage] ?? "Working"} …`);
    progress(data.progress);
  }
  throw { detail: "The connection broke off; the list below shows what came in." };
}

function finish({ status: ended, report: done, error }) {
  if (ended === "failed") throw error;
  const words = [[done.added, "added"], [done.updated, "changed"], [done.unchanged, "already there"], [done.failed.length, "not read"]];
  status(words.filter(([n]) => n).map(([n, word]) => `${n} ${word}`).join(", ") || "Nothing to add");
  if (done.failed.length) {
    report(
      make("h3", {}, "Not read"),
      make("ul", { class: "refused" }, ...done.failed.map(({ source, reason }) => make("li", {}, make("strong", { dir: "auto" }, source), `: ${reason}`))),
    );
  }
  if (done.added || done.updated) report(make("p", {}, make("a", { href: "archive" }, "Show them in the archive")));
}

function status(words) {
  byId("upload-status").textContent = words;
}

function progress(made) {
  const bar = byId("upload-progress");
  bar.hidden = false;
  if (made?.total) bar.value = made.done / made.total;
  else bar.removeAttribute("value");
}

function report(...parts) {
  byId("upload-report").append(...parts);
}

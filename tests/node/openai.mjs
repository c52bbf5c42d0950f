// OpenAI's own client: chat completions and responses, whole and streamed.
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "How much did the Orvel bridge cost?" }];

const whole = await client.chat.completions.create({ model: "dateline", messages });
const message = whole.choices[0].message;
assert.match(message.content, /38 million/);
for (const { url_citation: note } of message.annotations) {
  assert.match(message.content.slice(note.start_index, note.end_index), /^\[\d+\]$/);
  assert.equal((await fetch(note.url)).status, 200);
}

let text = "";
let usage = null;
for await (const chunk of await client.chat.completions.create({
  model: "dateline", messages, stream: true, stream_options: { include_usage: true },
})) {
  text += chunk.choices[0]?.delta.content ?? "";
  usage = chunk.usage ?? usage;
}
assert.equal(text, message.content);
assert.equal(usage.total_tokens, 0);

const response = await client.responses.create({ model: "dateline", input: messages });
assert.equal(response.output_text, message.content);
const stream = client.responses.stream({ model: "dateline", input: messages });
assert.equal((await stream.finalResponse()).output_text, message.content);

await assert.rejects(client.chat.completions.create({ model: "dateline", messages, n: 2 }), OpenAI.BadRequestError);
console.log("ok");

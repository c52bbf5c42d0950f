// Vercel's AI SDK: text and sources, whole and streamed, by both of OpenAI's protocols.
import assert from "node:assert/strict";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, streamText } from "ai";

const dateline = createOpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "none" });
const prompt = "How much did the Orvel bridge cost?";

for (const model of [dateline.chat("dateline"), dateline.responses("dateline")]) {
  const whole = await generateText({ model, prompt, maxRetries: 0 });
  assert.match(whole.text, /38 million/);
  assert.ok(whole.sources.length > 0);
  const streamed = streamText({ model, prompt, maxRetries: 0 });
  let text = "";
  for await (const piece of streamed.textStream) text += piece;
  assert.equal(text, whole.text);
  const urls = (await streamed.sources).map((source) => source.url);
  assert.deepEqual(urls, whole.sources.map((source) => source.url));
}
console.log("ok");

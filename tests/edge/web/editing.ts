// A page on which a person edits a film: opens it, asks for steps, watches the bar, plays what came out, undoes.
import { createClient } from "@connectrpc/connect";
import { createPlatformTransport, failureOf } from "../../../clients/typescript/src/index.js";
import { EditingService } from "../../../clients/typescript/src/gen/cnt/editing/v1/editing_service_pb.js";
import { EditStage, EditState, type EditProgress } from "../../../clients/typescript/src/gen/cnt/editing/v1/edit_pb.js";
import { MediaService } from "../../../clients/typescript/src/gen/cnt/media/v1/media_service_pb.js";

document.body.innerHTML = `
  <video id="film" muted crossorigin="anonymous" width="320" height="240"></video>
  <form id="steps">
    <input name="start" type="number" step="any"><input name="end" type="number" step="any">
    <input name="caption"><input name="saturation" type="number" step="any">
    <button id="make">Make</button>
  </form>
  <progress id="bar" max="100" value="0"></progress><output id="stage"></output>
  <button id="cancel">Cancel</button><button id="undo">Undo</button>`;

const film = document.querySelector<HTMLVideoElement>("#film")!;
const bar = document.querySelector<HTMLProgressElement>("#bar")!;
const stage = document.querySelector<HTMLOutputElement>("#stage")!;
const steps = document.querySelector<HTMLFormElement>("#steps")!;
const state = { baseUrl: "", token: "", mediaId: 0n, editId: 0n, bars: [] as number[], ended: "", problem: "" };

function clients() {
  const transport = createPlatformTransport({ baseUrl: state.baseUrl, accessToken: () => state.token });
  return { edits: createClient(EditingService, transport), media: createClient(MediaService, transport) };
}

/** The film of a link, ready to be played; on the origin of the API, wherever the server believes to be. */
async function show(link: string) {
  const { pathname, search } = new URL(link);
  const ready = new Promise<void>((resolve, reject) => {
    film.onloadeddata = () => resolve();
    film.onerror = () => reject(new Error(`the film does not load: ${film.error?.message}`));
  });
  film.src = state.baseUrl + pathname + search;
  await ready;
}

/** Takes a film of the person's own onto the page. */
async function open(baseUrl: string, token: string, mediaId: string) {
  Object.assign(state, { baseUrl, token, mediaId: BigInt(mediaId) });
  const { media } = await clients().media.getMedia({ mediaId: state.mediaId });
  await show(media!.url);
}

function value(name: string) {
  return (steps.elements.namedItem(name) as HTMLInputElement).value;
}

async function follow() {
  let last: EditProgress | undefined;
  for await (const { progress } of clients().edits.watchEdit({ editId: state.editId })) {
    last = progress!;
    bar.value = last.percent;
    stage.value = EditStage[last.stage] ?? "";
    state.bars.push(bar.value);
  }
  if (last?.result) await show(last.result.url);
  state.ended = EditState[last!.state]!;
}

steps.onsubmit = (event) => {
  event.preventDefault();
  Object.assign(state, { bars: [], ended: "", problem: "" });
  void (async () => {
    try {
      const { edit } = await clients().edits.createEdit({
        mediaId: state.mediaId,
        operations: [
          { operation: { case: "trim", value: { start: Number(value("start")), end: Number(value("end")) } } },
          { operation: { case: "textOverlays", value: { overlays: [{ text: value("caption"), x: 0.5, y: 0.5 }] } } },
          { operation: { case: "filters", value: { saturation: Number(value("saturation")) } } },
        ],
      });
      state.editId = edit!.editId;
      await follow();
    } catch (error) {
      state.problem = failureOf(error)?.violations.map(({ field }) => field).join() || String(error);
    }
  })();
};

document.querySelector<HTMLButtonElement>("#cancel")!.onclick = () => {
  void clients().edits.cancelEdit({ editId: state.editId });
};

document.querySelector<HTMLButtonElement>("#undo")!.onclick = () => {
  state.ended = "";
  void (async () => {
    const { version } = await clients().edits.useEditVersion({ editId: state.editId, version: 0 });
    await show(version!.file!.url);
    state.ended = "undone";
  })();
};

function fill(fields: Record<string, string>) {
  for (const [name, text] of Object.entries(fields)) {
    (steps.elements.namedItem(name) as HTMLInputElement).value = text;
  }
}

function press(id: string) {
  document.querySelector<HTMLButtonElement>(`#${id}`)!.click();
}

function seen() {
  const { bars, ended, problem } = state;
  return { bars, ended, problem, stage: stage.value, editId: String(state.editId), seconds: film.duration };
}

/** Plays so many seconds of the film, which takes as long as the machine needs; from where to where it went. */
async function play(seconds: number) {
  const from = film.currentTime;
  const reached = new Promise<void>((resolve) => {
    film.ontimeupdate = () => film.currentTime >= from + seconds && resolve();
  });
  await film.play();
  await reached;
  film.pause();
  return { from, to: film.currentTime };
}

/** Goes to a moment; what is seen there: how grey it is at most, and whether something bright is in the middle. */
async function seek(seconds: number) {
  const there = new Promise((resolve) => (film.onseeked = resolve));
  film.currentTime = seconds;
  await there;
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const drawing = canvas.getContext("2d")!;
  drawing.drawImage(film, 0, 0, 320, 240);
  const { data } = drawing.getImageData(0, 0, 320, 240);
  let colour = 0;
  let bright = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
    colour += (Math.max(red, green, blue) - Math.min(red, green, blue)) / (320 * 240);
    if (Math.min(red, green, blue) > 200) bright += 1;
  }
  return { at: film.currentTime, colour, bright };
}

Object.assign(window, { page: { open, fill, press, seen, play, seek } });

// What the story of a sermon asks a page to do: a chosen file is sent with a bar that shows how far it is, and played.

const input = document.createElement("input");
input.type = "file";
const bar = document.createElement("progress");
const video = document.createElement("video");
video.muted = true;
video.preload = "metadata";
document.body.append(input, bar, video);

let answer: { status: number; json: unknown } | undefined;

/** Sends the chosen file as a form does; returns at once. */
function upload(url: string, token: string) {
  const form = new FormData();
  form.append("file", input.files![0]!);
  const request = new XMLHttpRequest();
  answer = undefined;
  bar.max = 1;
  bar.value = 0;
  request.upload.onprogress = ({ loaded, total }) => {
    bar.value = loaded / total;
  };
  request.onloadend = () => {
    answer = { status: request.status, json: request.responseText ? JSON.parse(request.responseText) : null };
  };
  request.open("POST", url);
  request.setRequestHeader("authorization", `Bearer ${token}`);
  request.send(form);
}

/** How far the bar is, between 0 and 1, and the answer once it is there. */
function standing() {
  return { position: bar.position, answer };
}

function happens(event: string) {
  return new Promise<void>((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true });
    video.addEventListener("error", () => reject(new Error(video.error!.message)), { once: true });
  });
}

/** Opens a film; how long and how large it is. */
async function open(url: string) {
  const loaded = happens("loadedmetadata");
  video.src = url;
  await loaded;
  return { duration: video.duration, width: video.videoWidth, height: video.videoHeight };
}

/** Goes to a moment of the film; where it then is, and from where on it has the film around that. */
async function seek(seconds: number) {
  const arrived = happens("seeked");
  video.currentTime = seconds;
  await arrived;
  const ranges = [...Array(video.buffered.length).keys()].map((at) => [video.buffered.start(at), video.buffered.end(at)]);
  return { at: video.currentTime, ready: video.readyState, ranges };
}

/** Plays until so many seconds more have been shown; where it then is. */
async function play(seconds: number) {
  const until = video.currentTime + seconds;
  await video.play();
  while (video.currentTime < until) await happens("timeupdate");
  video.pause();
  return video.currentTime;
}

Object.assign(window, { page: { upload, standing, open, seek, play } });

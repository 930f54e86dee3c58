// @ts-check
// A worker that ticks once a second. Browsers slow down the clocks of pages in the background to one tick
// a minute, and whoever waits there to be let in would count as gone. Clocks of workers go on.

setInterval(() => globalThis.postMessage(0), 1000);

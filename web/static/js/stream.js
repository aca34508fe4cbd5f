// Follows a stream of server-sent events while the page is seen; a browser allows six per site.

const RETRY_MS = 5000;

/**
 * Call `hear(data)` for each event of a name. A hidden page closes its stream and opens it again
 * when it is seen. `poll` is asked instead while the stream does not come through; `state(isLive)`
 * hears of both.
 */
export function follow(address, name, hear, { poll = null, state = () => {} } = {}) {
  let source = null;
  let timer = null;

  const stop = () => {
    source?.close();
    source = null;
    clearTimeout(timer);
    timer = null;
  };

  const ask = async () => {
    timer = null;
    try {
      const data = poll && (await poll());
      if (data) hear(data);
    } catch {
      // The next round asks again.
    }
    if (!document.hidden && source === null && timer === null) start();
  };

  const start = () => {
    stop();
    source = new EventSource(address);
    source.addEventListener(name, (event) => {
      state(true);
      hear(JSON.parse(event.data));
    });
    source.onerror = () => {
      // A refused or broken stream is not opened again by every browser: do it ourselves.
      source?.close();
      source = null;
      state(false);
      timer ??= setTimeout(ask, RETRY_MS);
    };
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => event.persisted && start());
  if (!document.hidden) start();
}

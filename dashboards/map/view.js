/* Mounts the map's frame once, sends it what to show, and passes clicks on to Python. */
export default function ({ data, parentElement, setTriggerValue }) {
  let frame = parentElement.querySelector("iframe.jiexu-map");
  if (!frame) {
    frame = document.createElement("iframe");
    frame.className = "jiexu-map";
    frame.style.cssText = "display:block; width:100%; border:0; border-radius:8px;";
    parentElement.append(frame);
  }
  frame.style.height = `${data.height}px`;
  frame.title = data.title;
  frame.jiexuState = data.state;
  const send = () => frame.contentWindow.postMessage({ jiexu: "state", state: frame.jiexuState }, window.location.origin);

  /* The place on the map lives in the address. This does not run the script; Streamlit drops it when it writes filters. */
  const showView = () => {
    const hash = `#${frame.jiexuView}`;
    const { pathname, search } = window.location;
    if (frame.jiexuView && window.location.hash !== hash) {
      window.history.replaceState(window.history.state, "", pathname + search + hash);
    }
  };
  clearInterval(frame.jiexuTimer);
  frame.jiexuTimer = setInterval(showView, 500);

  if (frame.jiexuListener) window.removeEventListener("message", frame.jiexuListener);
  frame.jiexuListener = (event) => {
    if (event.source !== frame.contentWindow || event.origin !== window.location.origin) return;
    const message = event.data;
    if (message?.jiexu === "ready") {
      frame.jiexuReady = true;
      send();
    } else if (message?.jiexu === "select") {
      setTriggerValue("pick", { layer: message.layer, id: message.id, at: message.at });
    } else if (message?.jiexu === "area") {
      setTriggerValue("pick", { area: message.area });
    } else if (message?.jiexu === "moved") {
      setTriggerValue("pick", { pin: message.id, at: message.at });
    } else if (message?.jiexu === "view") {
      frame.jiexuView = message.view;
      showView();
    }
  };
  window.addEventListener("message", frame.jiexuListener);

  if (frame.dataset.address !== data.address) {
    frame.dataset.address = data.address;
    frame.jiexuReady = false;
    frame.src = data.address + window.location.hash;
  } else if (frame.jiexuReady) {
    send();
  }
  return () => {
    window.removeEventListener("message", frame.jiexuListener);
    clearInterval(frame.jiexuTimer);
  };
}

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

  if (frame.jiexuListener) window.removeEventListener("message", frame.jiexuListener);
  frame.jiexuListener = (event) => {
    if (event.source !== frame.contentWindow || event.origin !== window.location.origin) return;
    const message = event.data;
    if (message?.jiexu === "ready") {
      frame.jiexuReady = true;
      send();
    } else if (message?.jiexu === "select") {
      setTriggerValue("pick", { layer: message.layer, id: message.id });
    } else if (message?.jiexu === "area") {
      setTriggerValue("pick", { area: message.area });
    } else if (message?.jiexu === "view") {
      // the place on the map lives in the address; this does not run the script
      window.history.replaceState(window.history.state, "", `#${message.view}`);
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
  return () => window.removeEventListener("message", frame.jiexuListener);
}

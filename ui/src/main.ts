import { mount } from "svelte";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";
import "./styles/overlays.css";
import "./styles/panel.css";
import "./styles/touch.css";
import App from "./App.svelte";
import type { Backend } from "./lib/backend/backend";

async function backend(): Promise<Backend> {
  // Left out of the app that is shipped; in a browser there is no app behind the window.
  if (__FAKE__ && !("__TAURI_INTERNALS__" in window)) {
    const { demo } = await import("./lib/backend/fake/demo");
    return demo(new URLSearchParams(location.search).get("fake") ?? "");
  }
  return (await import("./lib/backend/tauri")).tauri;
}

const target = document.getElementById("app");
if (!target) throw new Error("the page has no #app");
mount(App, { target, props: { backend: await backend() } });

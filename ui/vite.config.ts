import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The demo carries the app's content policy, so that a page looked at in a browser is held to it as well. */
const policy: Plugin = {
  name: "policy",
  transformIndexHtml: () => [
    {
      tag: "meta",
      injectTo: "head-prepend",
      attrs: {
        "http-equiv": "Content-Security-Policy",
        content: "default-src 'self'; style-src 'self'; img-src 'self' data: blob:; script-src 'self'",
      },
    },
  ],
};

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), svelteTesting(), ...(mode === "demo" ? [policy] : [])],
  base: "./",
  define: { __FAKE__: JSON.stringify(mode !== "production") },
  resolve: {
    alias: {
      $bindings: here("../gen/bindings.ts"),
      $lib: here("./src/lib"),
      // The generated bindings stand outside this folder, where no node_modules is found.
      "@tauri-apps/api": here("./node_modules/@tauri-apps/api"),
    },
  },
  server: { port: 1420, strictPort: true, fs: { allow: [here(".."), here(".")] } },
  build: { target: ["chrome111", "safari16.4"], emptyOutDir: true, assetsInlineLimit: 0 },
  test: {
    environment: "jsdom",
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    restoreMocks: true,
    testTimeout: 30_000,
    // One world for all files: loading the components takes longer than testing them.
    isolate: false,
    fileParallelism: false,
  },
}));

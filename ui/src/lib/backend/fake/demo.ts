import { FakeBackend } from "./index";

/** `?fake=empty`, `many`, `set-up`, `failed`, or the ordinary planner; a pairing plays itself. */
export function demo(name: string): FakeBackend {
  const fake = new FakeBackend({ empty: name === "empty" || name === "set-up", tasks: name === "many" ? 10_000 : 0 });
  fake.pairing.auto = 900;
  if (name === "set-up") fake.first = { type: "set_up", suggested_name: "Robin’s laptop" };
  if (name === "failed") {
    const message =
      "The planner’s file is damaged and was left as it is. Another device of yours still has your data: move this folder away, start again, and pair with it.";
    fake.first = { type: "failed", error: { code: "damaged", message } };
  }
  return fake;
}

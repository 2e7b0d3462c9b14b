/**
 * The largest size in pixels, within `room`, at which every module of a drawn code has the same number of them: at others a
 * camera sees some narrower than their neighbours, and reads the code worse.
 */
export function sharpSize(svg: string, room: number): number {
  const width = Number(/\bwidth="(\d+)"/.exec(svg)?.[1]);
  const module = Number(/\bM[\d.]+[ ,][\d.]+h(\d+)/.exec(svg)?.[1]);
  const modules = width / module;
  return Number.isInteger(modules) && modules <= room ? Math.floor(room / modules) * modules : room;
}

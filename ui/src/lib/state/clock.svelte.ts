/** The present, in steps that relative times need. */
export class Clock {
  now = $state(Date.now());

  run(): () => void {
    const timer = setInterval(() => (this.now = Date.now()), 15_000);
    return () => clearInterval(timer);
  }
}

//! Trouble on demand, for simulations of a device whose power goes in the middle of a write. The program itself is
//! built without it.

use crate::Store;

impl Store {
    /// Lets `work` happen, asking `power_goes` again and again while SQLite does its part, within statements and between them.
    /// Once it says yes the statement under way fails, and no transaction stays open, as if the process had died.
    pub fn at_risk<T>(
        &mut self,
        power_goes: impl FnMut() -> bool + Send + 'static,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.conn.progress_handler(1, Some(power_goes));
        let done = work(self);
        self.conn.progress_handler(0, None::<fn() -> bool>);
        if !self.conn.is_autocommit() {
            // A BEGIN that failed when it had already begun leaves nobody behind who would end it.
            let _ = self.conn.execute_batch("ROLLBACK");
        }
        done
    }
}

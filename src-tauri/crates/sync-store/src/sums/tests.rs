use crate::testing::{Person, kinds, title};
use sync_core::node::storage::{Answer, Ask};

#[test]
fn digests_of_another_length_than_was_written_are_damage() {
    for sql in
        ["UPDATE digest SET sums = CAST(sums || x'00' AS BLOB)", "UPDATE digest SET sums = substr(sums, 17)"]
    {
        let mut alice = Person::new(1);
        alice.set("note", 1, title("Plan"));
        // The table's own checks do not hold a disk that forgets.
        alice.store.conn.pragma_update(None, "ignore_check_constraints", true).unwrap();
        alice.store.conn.execute(sql, []).unwrap();
        let Answer::Failed(reason) = alice.ask(Ask::Buckets { kinds: kinds(&["note"]) }) else {
            panic!("{sql}")
        };
        assert!(reason.contains("a digest has the wrong length"), "{reason}");
    }
}

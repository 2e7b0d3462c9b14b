//! Wrong clocks, long absences, old tombstones, restored backups.

use crate::simulation::world::{World, key};
use serde_json::json;
use sync_core::node::{Command, Notice};
use sync_core::session::End;
use sync_core::time::DAY;

#[test]
fn what_was_deleted_stays_deleted_however_long_a_device_is_away() {
    let (mut w, [alice, bob, carol]) = World::new(90, ["alice", "bob", "carol"]);
    let task = key("task", 1);
    w.set(alice, &task, "title", "Plan");
    w.settle();
    w.delete(alice, &task);
    w.sync_well(alice, carol);
    w.sleep(400 * DAY);
    w.tidy(alice);
    w.tidy(carol);
    assert_eq!(w.store(alice).get(&task).unwrap().unwrap().fields.len(), 0, "its content is dropped");
    w.sync_well(bob, carol);
    assert_eq!(w.see(bob, &task), None);
    w.end_well();
    for who in [alice, bob, carol] {
        assert_eq!(w.see(who, &task), None);
    }
}

#[test]
fn an_edit_made_far_away_brings_back_what_a_shrunk_tombstone_dropped() {
    let (mut w, [alice, bob]) = World::new(91, ["alice", "bob"]);
    let task = key("task", 1);
    w.set(alice, &task, "title", "Plan");
    w.set(alice, &task, "body", "Details.\n");
    w.sync_well(alice, bob);
    w.delete(alice, &task);
    w.set(bob, &task, "rank", "1");
    w.sleep(100 * DAY);
    w.tidy(alice);
    w.sync_well(alice, bob);
    for who in [alice, bob] {
        assert_eq!(w.see(who, &task), Some(json!({"title": "Plan", "body": "Details.\n", "rank": "1"})));
        assert_eq!(w.asked(who, &task).len(), 1, "a person is asked: deleted there, edited here");
    }
    w.end_well();
}

#[test]
fn a_clock_that_is_set_back_makes_no_edit_lose_to_an_older_one() {
    let (mut w, [alice, bob]) = World::new(92, ["alice", "bob"]);
    let task = key("task", 1);
    w.set_clock(alice, 10 * 365 * DAY as i64);
    w.set(alice, &task, "title", "Ten years ahead");
    w.sync_well(alice, bob);
    let before = w.store(alice).marker().unwrap().writer;
    w.set_clock(alice, 0);
    w.set(alice, &task, "title", "Corrected");
    assert_ne!(
        w.store(alice).marker().unwrap().writer,
        before,
        "a new writer, so that stamps carry today's time"
    );
    w.sync_well(alice, bob);
    assert_eq!(w.see(bob, &task), Some(json!({"title": "Corrected"})));
    w.set(bob, &task, "title", "And bob's");
    w.end_well();
    assert_eq!(w.see(alice, &task), Some(json!({"title": "And bob's"})));
    assert!(w.reviews(alice).is_empty());
}

#[test]
fn clocks_years_apart_cut_nobody_off() {
    let (mut w, [alice, bob, carol]) = World::new(93, ["alice", "bob", "carol"]);
    w.set_clock(alice, -10 * 365 * DAY as i64);
    w.set_clock(carol, 10 * 365 * DAY as i64);
    for (n, who) in [alice, bob, carol].into_iter().enumerate() {
        w.set(who, &key("task", n as u128), "title", "Mine");
        w.set(who, &key("note", 9), "rank", format!("of {who}"));
    }
    w.end_well();
    assert_eq!(w.shown(alice).len(), 4);
}

#[test]
fn a_restored_backup_gets_everything_back_and_nothing_is_lost_by_it() {
    for noticed in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let (mut w, [alice, bob]) = World::new(94, ["alice", "bob"]);
        w.keep_in_files(folder.path());
        w.trouble_expected = true;
        let (old, new, offline) = (key("task", 1), key("task", 2), key("task", 3));
        w.set(alice, &old, "title", "Before the backup");
        w.sync_well(alice, bob);
        let backup = folder.path().join("backup");
        let memory = w.back_up(alice, &backup);
        for n in 0..5 {
            w.set(alice, &new, "title", format!("After the backup {n}"));
            w.sync_well(alice, bob);
        }
        w.restore(alice, &backup, memory, noticed);
        assert_eq!(w.see(alice, &new), None);
        w.set(bob, &offline, "title", "Bob's");
        w.sync(alice, bob);
        w.sync_well(alice, bob);
        let restarted = |notice: &Notice| matches!(notice, Notice::Ended { end: End::Restart, .. });
        assert_eq!(w.devices[alice].notices.iter().any(restarted), !noticed, "the second net");
        assert_eq!(w.see(alice, &new), Some(json!({"title": "After the backup 4"})));
        // What the restored device writes now is new to everybody.
        w.set(alice, &old, "title", "After the restore");
        w.end_well();
        assert_eq!(w.see(bob, &old), Some(json!({"title": "After the restore"})));
    }
}

#[test]
fn a_session_that_is_stopped_says_so_on_both_sides() {
    let (mut w, [alice, bob]) = World::new(95, ["alice", "bob"]);
    w.dial(alice, bob, true);
    w.run_for(5_000);
    w.command(alice, Command::Stop);
    w.run_to_the_end();
    let ended = |who: usize| {
        w.devices[who].notices.iter().find_map(|notice| match notice {
            Notice::Ended { end, .. } => Some(end.to_string()),
            _ => None,
        })
    };
    assert_eq!(ended(alice).as_deref(), Some("stopped"));
    assert_eq!(ended(bob).as_deref(), Some("the other device ended the session: it was stopped there"));
}

#[test]
fn a_copied_folder_loses_nothing_and_both_copies_go_on() {
    for noticed in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let (mut w, [alice, bob]) = World::new(96, ["alice", "bob"]);
        w.keep_in_files(folder.path());
        w.trouble_expected = true;
        let [shared, hers, copies] = [1, 2, 3].map(|n| key("task", n));
        w.set(alice, &shared, "title", "Before the copy");
        w.sync_well(alice, bob);
        let copy = w.copy_folder(alice, &folder.path().join("copy"), noticed);
        // Both write, and each as if it were alone.
        w.set(alice, &hers, "title", "The original's");
        w.set(copy, &copies, "title", "The copy's");
        w.set(copy, &shared, "rank", "the copy's");
        w.settle();
        w.set(alice, &shared, "title", "After the copy");
        w.end_well();
        for who in [alice, bob, copy] {
            assert_eq!(
                w.see(who, &shared),
                Some(json!({"title": "After the copy", "rank": "the copy's"})),
                "noticed: {noticed}"
            );
            assert_eq!(w.see(who, &hers), Some(json!({"title": "The original's"})));
            assert_eq!(w.see(who, &copies), Some(json!({"title": "The copy's"})));
        }
        let renewed = w.tally.of("restores found out by peers") > 0;
        assert_eq!(renewed, !noticed, "the second net");
    }
}

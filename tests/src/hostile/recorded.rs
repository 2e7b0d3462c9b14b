//! A device of an earlier release, which knows its manners: what one said in a whole session is said again, message for message, and
//! must lead to the same end, whatever this version answers by now.

use super::{MALLORYS_WRITER, Mallory, NOW, Scene, alices_task};
use crate::vectors::{Vector, bytes, hex, read};
use serde_json::{Map, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use sync_core::entity::EntityKey;
use sync_core::entity::write::Change;
use sync_core::node::{Command, Input, Notice};
use sync_core::session::{Event, Role, Session, Settings, Step};
use sync_core::stamp::ReplicaId;
use sync_core::wire::Message;
use sync_store::{Edit, NewPeer, NewReplica, Store};
use uuid::Uuid;

const FILE: &str = "1/sessions.txt";

#[test]
fn a_whole_session_of_an_earlier_release_ends_as_it_did() {
    for (role, mallory) in [("dials", Mallory::Dials), ("answers", Mallory::Answers)] {
        let made = record(role, mallory);
        replay(&made, mallory);
        let held = read(FILE).into_iter().find(|vector| vector.name == made.name);
        replay(&held.unwrap_or_else(|| panic!("{FILE} has none of this name:\n\n{made}")), mallory);
    }
}

fn replay(vector: &Vector, mallory: Mallory) {
    let mut scene = Scene::new(mallory);
    for (what, said) in &vector.lines {
        match what.as_str() {
            "says" => {
                let message = bytes(said);
                scene.utter(message[0], &message[1..]);
            }
            "alice" => scene.agrees(),
            other => assert_eq!(other, "together"),
        }
    }
    assert_eq!(scene.end(), None, "{}", vector.name);
    let proved = |notice: &Notice| matches!(notice, Notice::Session { event: Event::UpToDate(_), .. });
    assert!(scene.notices.iter().any(proved), "{}: {:?}", vector.name, scene.notices);
    assert_eq!(holds(&mut scene.store), vector.get("together"), "{}", vector.name);
}

/// What mallory says who does as he should: he has a task of his own and another opinion of alice's, edits, and deletes.
fn record(role: &str, mallory: Mallory) -> Vector {
    let mut vector = Vector::new(&format!("a device that {role}"));
    let mut scene = Scene::new(mallory);
    let mut store = mallorys_store(&scene);
    let settings =
        Settings { name: "mallory".into(), schema: 1, addresses: vec![], stay: true, heeds_alarms: true };
    let role = if mallory == Mallory::Dials { Role::Initiator } else { Role::Responder };
    let mut session = Session::new(role, scene.alice.device_id(), settings, NOW);
    let mut heard = 0;
    let mut edits = vec![
        Edit { key: task(2), change: Change::Delete },
        set(task(3), json!({"title": "Later", "description": "of mallory"})),
    ];
    loop {
        while let Some(step) = session.poll() {
            match step {
                Step::Send(message) => {
                    let (kind, body) = message.encode().unwrap();
                    vector = vector.whole("says", &hex(&[&[kind], &body[..]].concat()));
                    scene.utter(kind, &body);
                }
                Step::Ask(ask) => session.answer(store.answer(ask), NOW),
                Step::Event(Event::Preview(_)) => {
                    vector = vector.text("alice", "agrees");
                    scene.agrees();
                }
                Step::Event(_) => {}
                Step::Close => {}
                Step::End(end) => panic!("{end}"),
            }
        }
        if let Some(message) = scene.heard.get(heard).cloned() {
            heard += 1;
            session.receive(message, NOW);
        } else if let Some(edit) = edits.pop() {
            store.write(&[edit], NOW.wall).unwrap();
            session.changed(store.head().unwrap(), NOW);
        } else {
            break;
        }
    }
    assert!(!scene.heard.iter().any(|message| matches!(message, Message::Bye(_))));
    let together = holds(&mut store);
    assert_eq!(holds(&mut scene.store), together);
    vector.text("together", &together)
}

fn mallorys_store(scene: &Scene) -> Store {
    let replica = NewReplica {
        device: scene.mallory.device_id(),
        name: "mallory".into(),
        writer: MALLORYS_WRITER,
        replica: ReplicaId([2; 8]),
        settings: vec![],
    };
    let fresh = Box::new(|| [0x77; 8]);
    let mut store = Store::in_memory(&replica, Arc::new(crate::simulation::schema()), fresh).unwrap();
    let peer = NewPeer {
        name: "alice".into(),
        channel_key: scene.alice.channel.public(),
        bundle_key: None,
        addresses: vec![],
    };
    store.add_peer(&peer, NOW.wall).unwrap();
    let edits =
        [set(alices_task(), json!({"title": "Mallory's"})), set(task(2), json!({"title": "Of mallory"}))];
    store.write(&edits, NOW.wall).unwrap();
    store
}

fn task(n: u128) -> EntityKey {
    EntityKey::new("task", Uuid::from_u128(n))
}

fn set(key: EntityKey, fields: serde_json::Value) -> Edit {
    let fields = fields.as_object().cloned().unwrap_or_else(Map::new);
    Edit { key, change: Change::Set(fields) }
}

/// All that a store shows, and how much waits to be decided.
fn holds(store: &mut Store) -> String {
    let mut shown = |n| store.get(&task(n)).unwrap().map(|view| json!([view.fields, view.deleted]));
    let tasks: BTreeMap<_, _> = (1..=3).map(|n| (n, shown(n))).collect();
    json!({ "tasks": tasks, "reviews": store.reviews().unwrap().len() }).to_string()
}

impl Scene {
    /// The person at alice's agrees to the first merge.
    fn agrees(&mut self) {
        let link = self.link;
        self.hear(Input::Command(Command::Agree { link }));
    }
}

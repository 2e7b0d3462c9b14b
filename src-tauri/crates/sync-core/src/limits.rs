//! Every bound on what a peer, a file or a person can hand us, in one place.

/// Longest name of a kind or field, in bytes.
pub const NAME_MAX: usize = 64;
/// Longest JSON text of one value, in bytes.
pub const VALUE_MAX: usize = 256 * 1024;
/// Deepest nesting of JSON inside a value.
pub const DEPTH_MAX: usize = 32;
/// Most fields in one entity.
pub const FIELDS_MAX: usize = 256;
/// Most siblings of one field.
pub const SIBLINGS_MAX: usize = 64;
/// Most siblings of a text that are merged into one; more are put up for review.
pub const MERGED_SIBLINGS_MAX: usize = 8;
/// Most items in one set.
pub const SET_MAX: usize = 1_024;
/// Most writers in one version vector.
pub const WRITERS_MAX: usize = 1_024;
/// Most writers that one side introduces in a session.
pub const INTRODUCED_MAX: usize = 16_384;
/// Largest encoded entity, in bytes.
pub const ENTITY_MAX: usize = 2 * 1024 * 1024;
/// A stream begins with batches of this many entities, so that both ends soon have something to do; each batch may hold twice
/// as many as the one before …
pub const FIRST_BATCH_ENTITIES: usize = 125;
/// … up to this many …
pub const BATCH_ENTITIES: usize = 2_000;
/// … or this many bytes before compression.
pub const BATCH_BYTES: usize = 1024 * 1024;
/// Most bytes a batch may declare and take once decompressed: one full batch and one largest entity.
pub const BATCH_OUTPUT_MAX: usize = BATCH_BYTES + ENTITY_MAX;
/// Most bytes that a batch without entities may take once decompressed. It needs no credit, so there may be any number of them.
pub const EMPTY_BATCH_MAX: usize = 1024;
/// Batches that may be on their way unacknowledged.
pub const BATCH_CREDIT: usize = 4;
/// Most entities that two devices compare one by one before a first merge: 16 bytes each, kept by both until somebody agrees.
pub const OUTLINE_MAX: usize = 1 << 20;
/// Most entities in one message of that comparison.
pub const OUTLINE_PAGE: usize = 4_096;
/// Largest message, in bytes.
pub const MESSAGE_MAX: usize = 4 * 1024 * 1024;
/// Most kinds named in one message.
pub const KINDS_MAX: usize = 256;
/// Largest sealed part of a bundle, in bytes; what is more goes into further bundles.
pub const BUNDLE_MAX: usize = 64 * 1024 * 1024;
/// Most bytes that all batches of one bundle may take once decompressed.
pub const BUNDLE_OUTPUT_MAX: usize = 1024 * 1024 * 1024;
/// Longest manifest of a bundle, in bytes.
pub const MANIFEST_MAX: usize = 256 * 1024;
/// Largest part of a backup once sealed, in bytes.
pub const BACKUP_PART_MAX: usize = 4 * 1024 * 1024;

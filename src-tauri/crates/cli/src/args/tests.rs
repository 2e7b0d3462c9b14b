use super::*;
use clap::CommandFactory;

#[test]
fn the_definitions_fit_together() {
    Args::command().debug_assert();
}

#[test]
fn global_options_may_stand_anywhere() {
    for line in ["whph --json --data d list task", "whph list task --data d --json"] {
        let args = Args::try_parse_from(line.split(' ')).unwrap();
        assert!(args.json && args.data == Some("d".into()));
    }
}

#[test]
fn an_import_has_one_source() {
    assert!(Args::try_parse_from(["whph", "import"]).is_err());
    assert!(Args::try_parse_from(["whph", "import", "-"]).is_ok());
    assert!(Args::try_parse_from(["whph", "import", "--markdown", "notes"]).is_ok());
    assert!(Args::try_parse_from(["whph", "import", "--whph", "whph.db"]).is_ok());
    assert!(Args::try_parse_from(["whph", "import", "-", "--markdown", "notes"]).is_err());
    assert!(Args::try_parse_from(["whph", "import", "-", "--whph", "whph.db"]).is_err());
    assert!(Args::try_parse_from(["whph", "import", "--markdown", "notes", "--whph", "whph.db"]).is_err());
}

#[test]
fn what_is_kept_is_kept_in_one_place() {
    assert!(Args::try_parse_from(["whph", "keep", "note/0123"]).is_err());
    assert!(Args::try_parse_from(["whph", "keep", "note/0123", "--here", "--shared"]).is_err());
    for place in ["--here", "--shared"] {
        assert!(Args::try_parse_from(["whph", "keep", "note/0123", place]).is_ok());
    }
}

#[test]
fn values_may_begin_with_a_dash_after_their_field() {
    let args = Args::try_parse_from(["whph", "set", "task/0123", "tags-=home", "order=-1.5"]).unwrap();
    assert!(matches!(args.command, Command::Set(set) if set.fields == ["tags-=home", "order=-1.5"]));
}

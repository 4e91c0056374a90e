//! A document with commands and what they said: cut into pieces, and put together again. Pure.

/// What stands between ```` ```console ```` and ```` ``` ````: commands behind `$ `, and below each
/// what it said.
const OPENING: &str = "```console";
const CLOSING: &str = "```";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// With its line breaks.
    Prose(String),
    Console(Vec<Step>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) command: String,
    pub(super) said: String,
}

pub(super) fn cut(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut prose = String::new();
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        prose.push_str(line);
        if line.trim_end() != OPENING {
            continue;
        }
        pieces.push(Piece::Prose(std::mem::take(&mut prose)));
        let mut steps: Vec<Step> = Vec::new();
        for line in lines.by_ref() {
            if line.trim_end() == CLOSING {
                prose.push_str(line);
                break;
            }
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => {
                    let command = command.trim_end().to_owned();
                    steps.push(Step { command, said: String::new() });
                }
                (None, Some(step)) => step.said.push_str(line),
                (None, None) => panic!("a block begins with a command, not with {line:?}"),
            }
        }
        pieces.push(Piece::Console(steps));
    }
    pieces.push(Piece::Prose(prose));
    pieces
}

pub(super) fn together(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Prose(prose) => text.push_str(prose),
            Piece::Console(steps) => {
                for step in steps {
                    text.push_str(&format!("$ {}\n{}", step.command, step.said));
                }
            }
        }
    }
    text
}

#[test]
fn a_document_comes_together_as_it_was_cut() {
    let text = "Words.\n\n```console\n$ one\nsaid\n\nmore\n$ two\n```\n\n```sh\n$ not run\n```\n";
    let pieces = cut(text);
    let Piece::Console(steps) = &pieces[1] else { panic!("{pieces:?}") };
    assert_eq!(steps[0], Step { command: "one".into(), said: "said\n\nmore\n".into() });
    assert_eq!(steps[1], Step { command: "two".into(), said: String::new() });
    assert_eq!(pieces.len(), 3);
    assert_eq!(together(&pieces), text);
}

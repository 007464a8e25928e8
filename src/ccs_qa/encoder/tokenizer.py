"""Rebuilds the XLM-RoBERTa unigram tokenizer from its pieces and scores."""

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from ccs_qa.encoder.wheel import Vocabulary

# The published character map is NFKC, with control characters dropped and zero-width
# characters, separators and the metaspace itself read as spaces.
_DROPPED = "[\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f\\x{8f}\\x{9f}]"
_SPACES = (
    "[\\t\\n\\x0c\\r\\x{1680}\\x{200b}-\\x{200f}\\x{2028}\\x{2029}\\x{2581}\\x{feff}\\x{fffd}]"
)
_METASPACE = "\u2581"


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """Build a tokenizer that gives the ids the model was trained on, in order of the pieces."""
    tokenizer = Tokenizer(
        Unigram(
            list(zip(vocabulary.pieces, vocabulary.scores, strict=True)),
            unk_id=vocabulary.unk,
            byte_fallback=False,
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_DROPPED), ""),
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement=_METASPACE, prepend_scheme="always"
    )
    # Each text is framed as the model was trained on.
    first, last = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        special_tokens=[(first, vocabulary.bos), (last, vocabulary.eos)],
    )
    tokenizer.add_special_tokens(
        [first, last, vocabulary.pieces[vocabulary.pad], vocabulary.pieces[vocabulary.unk]]
    )
    return tokenizer

# shellcheck shell=bash disable=SC2207 # compgen gives a word a line, and no word has blanks in it
# Completion of chela's command lines for bash, made by `chela completion bash` from the tables that
# chela parses with. It belongs into ~/.local/share/bash-completion/completions/chela; or:
# source <(chela completion bash)

# Sets words: those up to the cursor, whole. Bash has cut them at : and = as well.
_chela_split() {
    local rest=$COMP_LINE word i
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -z $word ]]; then
            [[ ${COMP_LINE:0:COMP_POINT} == *[:=] ]] || words+=('')
        elif ((i)) && [[ $rest == "$word"* ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
        rest=${rest#*"$word"}
    done
}

# _chela_offer KIND START BEFORE: adds what fits START, with BEFORE before it, to COMPREPLY. A kind
# is -, =a|b, @words, file or directory; ? stands before it when the value may be left out.
_chela_offer() {
    local word choices
    case ${1#\?} in
    =*)
        choices=${1#*=}
        COMPREPLY+=($(compgen -P "$3" -W "${choices//|/ }" -- "$2"))
        ;;
    @*)
        while IFS=$'\t' read -r word _; do
            [[ $word != "$2"* ]] || COMPREPLY+=("$3$word")
        done < <("${words[0]}" completion words "${1#*@}" 2>/dev/null)
        ;;
    file | directory)
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do
            COMPREPLY+=("$3$word")
        done < <(compgen -A "${1#\?}" -- "$2")
        ;;
    esac
}

_chela() {
    local words options operands next word known command='' under='' kind='' i=1 at=0
    _chela_split
    local n=$((${#words[@]} - 1))
    local cur=${words[n]}
    COMPREPLY=()
    # the command, as far as it is typed; explain and help are followed by another
    for (( ; i < n; i++)); do
        word=${command:+$command }${words[i]}
        if [[ -z $under && ($word == explain || $word == help) ]]; then
            under=$word
        elif _chela_is_command "$word"; then
            command=$word
        elif [[ -z $under || -n $command || $word != -* ]]; then
            break
        fi
    done
    if ((i == n)); then
        _chela_table "$command"
        [[ -z $under ]] || next=${next/explain/}
        COMPREPLY+=($(compgen -W "$next" -- "$cur"))
    fi
    _chela_table "${command:-$under}"
    # what its other words before the cursor leave to be said
    for (( ; i < n; i++)); do
        word=${words[i]}
        if [[ -n $kind && ($kind != \?* || $word != -*) ]]; then
            kind=
        elif [[ $word == -?* ]]; then
            kind=
            for known in "${options[@]}"; do
                [[ $known != "$word "* ]] || kind=${known#* }
            done
        else
            ((++at))
        fi
    done
    if [[ -n $kind && ($kind != \?* || $cur != -*) ]]; then
        _chela_offer "$kind" "$cur" ''
    elif [[ $cur == --*=* ]]; then
        for known in "${options[@]}"; do
            [[ $known != "${cur%%=*} "* ]] ||
                _chela_offer "${known#* }" "${cur#*=}" "${cur%%=*}="
        done
    elif [[ $cur == -* ]]; then
        COMPREPLY+=($(compgen -W "${options[*]%% *}" -- "$cur"))
    elif ((${#operands[@]})); then
        ((at < ${#operands[@]})) || at=$((${#operands[@]} - 1))
        _chela_offer "${operands[at]}" "$cur" ''
    fi
    # bash puts in only what follows the last of its own cuts
    local breaks=${COMP_WORDBREAKS//[^:=]/}
    if [[ -n $breaks && $cur == *["$breaks"]* ]]; then
        word=${cur%"${cur##*["$breaks"]}"}
        COMPREPLY=("${COMPREPLY[@]#"$word"}")
    fi
}

complete -F _chela chela

# ---- the tables ----

#compdef chela
# Completion of chela's command lines for zsh, made by `chela completion zsh` from the tables that
# chela parses with. It belongs into a folder of fpath, as _chela; or, after compinit:
# source <(chela completion zsh)

# _chela_words [OPTION OF COMPADD…] KIND: words that change from day to day.
_chela_words() {
    local line
    local -a known shown
    for line in ${(f)"$($_chela_program completion words $@[-1] 2>/dev/null)"}; do
        known+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  -- }")
    done
    compadd "${(@)@[1,-2]}" -l -d shown -a known
}

_chela() {
    local _chela_program=$words[1] command='' under='' word
    local -a next
    integer i=2
    # the command, as far as it is typed; explain and help are followed by another
    for (( ; i < CURRENT; i++ )); do
        word="${command:+$command }$words[i]"
        if [[ -z $under && ( $word == explain || $word == help ) ]]; then
            under=$word
        elif _chela_is_command $word; then
            command=$word
        elif [[ -z $under || -n $command || $word != -* ]]; then
            break
        fi
    done
    if (( i == CURRENT )); then
        _chela_next "$command"
        [[ -z $under || -n $command ]] || next=(${next:#explain:*})
        (( ! $#next )) || _describe -t commands command next
    fi
    # as if the words before the cursor were the command's own
    words=(chela "${(@)words[i,-1]}")
    (( CURRENT -= i - 2 ))
    _chela_arguments "${command:-$under}"
}

# ---- the tables ----

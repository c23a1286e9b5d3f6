# Completion of chela's command lines for fish, made by `chela completion fish` from the tables that
# chela parses with. It belongs into ~/.config/fish/completions/chela.fish; or:
# chela completion fish | source

# The words of a kind that change from day to day.
function __chela_words
    set -l words (commandline -opc)
    $words[1] completion words $argv[1] 2>/dev/null
end

# Is the command that is typed so far this one? explain and help are followed by another.
function __chela_at
    set -l command
    set -l under
    set -l words (commandline -opc)
    for word in $words[2..-1]
        set -l longer (string join -- ' ' $command $word)
        if test -z "$under"; and contains -- "$longer" explain help
            set under $word
        else if contains -- "$longer" $__chela_commands
            set command $longer
        else if test -z "$under"; or test -n "$command"; or not string match -q -- '-*' $word
            break
        end
    end
    test -z "$command"; and test "$argv[1]" != ''; and set command $under
    test "$command" = "$argv[1]"
end

complete -c chela -f

# ---- the tables ----

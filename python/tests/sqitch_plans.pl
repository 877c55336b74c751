# Reads plans with sqitch's own code. Takes lines of JSON ({path, references}), answers each with a line of JSON: the changes with their ids, tags and
# dependencies and where the references point, or the error.
use strict;
use warnings;
use App::Sqitch;
use App::Sqitch::Config;
use App::Sqitch::Target;
use JSON::PP;
use Path::Class;

$| = 1;
my $json = JSON::PP->new->utf8->canonical;
my $sqitch = App::Sqitch->new(config => App::Sqitch::Config->new);
while (my $line = <STDIN>) {
    my $asked = $json->decode($line);
    my $answer = eval {
        my $target = App::Sqitch::Target->new(sqitch => $sqitch, name => 'db:pg:', plan_file => file($asked->{path}));
        my $plan = $target->plan;
        my @changes = map { {
            id => $_->id, name => $_->name, note => $_->note, planner => $_->planner_name, email => $_->planner_email,
            date => $_->timestamp->as_string, requires => [map { $_->as_string } $_->requires],
            conflicts => [map { $_->as_string } $_->conflicts], tags => [map { [$_->id, $_->format_name, $_->note] } $_->tags],
        } } $plan->changes;
        my %found = map { $_ => scalar(eval { $plan->index_of($_) }) } @{ $asked->{references} };
        { project => $plan->project, changes => \@changes, references => \%found };
    };
    print $json->encode($answer // { error => "$@" }), "\n";
}

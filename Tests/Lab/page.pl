# Runs the commands of a page in their order, and compares what they print with what the page shows below them.
#
#   perl page.pl PAGE SCRIPT
#
# Commands are the lines "$ scripts/lab ..." of its blocks of text; SCRIPT is run in place of scripts/lab. Each is
# repeated until it prints what is shown, at most for 25 s: a reader waits too. A line that is "…" stands for any number of
# lines, and within a line for any text; times and spans do not count. Prints the first difference, or how many commands
# there are.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use Time::HiRes qw(time sleep);

my ($page, $script) = @ARGV;
open my $file, '<', $page or die "$page: $!\n";
my (@commands, $isText);
while (my $line = <$file>) {
  chomp $line;
  if ($line =~ /^```/) {
    $isText = $line eq '```text';
  } elsif ($isText && $line =~ /^\$ scripts\/lab (.*)/) {
    push @commands, { text => $1, lines => [] };
  } elsif ($isText && $line ne '' && @commands) {
    push @{$commands[-1]{lines}}, $line;
  }
}
@commands or die "$page has no commands\n";
for my $command (@commands) {
  my ($deadline, $output) = (time + 25, '');
  while (1) {
    $output = `$script $command->{text} 2>&1`;
    last if shows($output, @{$command->{lines}});
    if (time > $deadline) {
      print "\"$command->{text}\" prints:\n$output";
      exit 1;
    }
    sleep 0.5;
  }
}
print scalar @commands, " commands\n";

# Whether the output is what is shown.
sub shows {
  my ($output, @shown) = @_;
  my $pattern = '';
  for my $line (@shown) {
    if ($line eq '…') {
      $pattern .= '(?:.*\n)*?';
      next;
    }
    $pattern .= join('.*', map { quotemeta timeless($_) } split /…/, $line, -1) . '\n';
  }
  my $text = join '', map { timeless($_) . "\n" } grep { $_ ne '' } split /\n/, $output;
  return $text =~ /\A$pattern\z/;
}

# A line without what differs from run to run.
sub timeless {
  my ($line) = @_;
  $line =~ s/\b\d{4}-\d\d-\d\d //g;
  $line =~ s/\b\d\d:\d\d(:\d\d)?\b/TIME/g;
  $line =~ s/\b\d+(\.\d+)? ?(ms|s|m|h)\b/SPAN/g;
  return $line;
}

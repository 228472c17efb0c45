#!/usr/bin/env perl
# A mail node of the soak: SMTP on port 2525 and a health page on port 8080, at one IPv4 and one IPv6 address.
#
#   node.pl NAME IPV4 IPV6
#
# USR1 makes it sick: it refuses mail (554) and its page has the status 500. USR2 makes it healthy again. The soak stops
# it (STOP: connections are accepted, and nothing is said) and kills it (connections are refused).
use strict;
use warnings;
use IO::Select;
use IO::Socket::IP;

use constant MOST_CONNECTIONS => 400;

my ($name, @addresses) = @ARGV;
my $isSick = 0;
local $SIG{USR1} = sub { $isSick = 1 };
local $SIG{USR2} = sub { $isSick = 0 };
local $SIG{PIPE} = 'IGNORE';

my (%listener, %protocol, %received);
my $waiting = IO::Select->new;
for my $address (@addresses) {
  for my $port (2525, 8080) {
    my $socket = IO::Socket::IP->new(LocalHost => $address, LocalPort => $port, Listen => 128, ReuseAddr => 1)
      or die "$address port $port: $@\n";
    $listener{$socket} = $port == 2525 ? 'smtp' : 'http';
    $waiting->add($socket);
  }
}

# Whoever started it may end before it.
my $parent = getppid;
while (getppid == $parent) {
  for my $socket ($waiting->can_read(2)) {
    if (my $kind = $listener{$socket}) { welcome(scalar $socket->accept, $kind) }
    else { hear($socket) }
  }
}

sub welcome {
  my ($client, $kind) = @_;
  return if !$client;
  if (keys %protocol >= MOST_CONNECTIONS) { close $client; return }
  $client->blocking(0);
  $protocol{$client} = $kind;
  $received{$client} = '';
  $waiting->add($client);
  say_to($client, $isSick ? "554 5.3.0 $name is broken\r\n" : "220 $name ESMTP\r\n") if $kind eq 'smtp';
}

sub hear {
  my ($client) = @_;
  my $count = sysread $client, $received{$client}, 4096, length $received{$client};
  return if !defined $count && $!{EAGAIN};
  if (!$count || length $received{$client} > 16384) { part($client); return }
  if ($protocol{$client} eq 'http') {
    return if $received{$client} !~ /\r\n\r\n/;
    my $status = $isSick ? '500 Broken' : '200 OK';
    say_to($client, "HTTP/1.1 $status\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n");
    part($client);
    return;
  }
  while ($received{$client} =~ s/^(.*?)\r\n//) {
    my $line = uc $1;
    if ($line =~ /^QUIT/) { say_to($client, "221 bye\r\n"); part($client); return }
    say_to($client, $isSick ? "421 4.3.0 broken\r\n" : $line =~ /^EHLO|^HELO/ ? "250 $name\r\n" : "502 no\r\n");
  }
}

sub say_to { my ($client, $text) = @_; return syswrite $client, $text }

sub part {
  my ($client) = @_;
  $waiting->remove($client);
  delete $protocol{$client};
  delete $received{$client};
  close $client;
}

# Writes the statements of pg_dump's own test as SQL, in their order: one file for each database that they are for.
#
#   perl pg_dump_steps.pl 002_pg_dump.pl DIRECTORY
use strict;
use warnings;

my ($test, $directory) = @ARGV;
open my $in, '<', $test or die "$test: $!";
my $source = do { local $/; <$in> };

# The table of tests, with what it is made of; the rest of the file would start servers.
my ($table) = $source =~ /^(my %dump_test_schema_runs = .*?)^my \$node = /ms or die "$test: there is no table of tests";
my %tests = %{ eval "no strict; no warnings; $table \\%tests" or die "$test: $@" };

my %sql;
my $order = sub { $tests{ $_[0] }{create_order} || 'inf' };
for my $name (sort { $order->($a) <=> $order->($b) or $a cmp $b } keys %tests) {
	my $statement = $tests{$name}{create_sql} or next;
	chomp $statement;
	$statement .= ';' unless $statement =~ /;$/;
	$sql{ $tests{$name}{database} // 'postgres' } .= "-- $name\n$statement\n\n";
}
for my $database (keys %sql) {
	open my $out, '>', "$directory/$database.sql" or die "$directory/$database.sql: $!";
	print $out $sql{$database};
	close $out or die "$directory/$database.sql: $!";
}
